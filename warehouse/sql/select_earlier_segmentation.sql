-- one row: what the earlier run came to
select
    n_clusters,
    verdict_level,
    exists(select 1 from previous.tier_stats) as is_gradient
from previous.runs
order by rowid desc
limit 1;
