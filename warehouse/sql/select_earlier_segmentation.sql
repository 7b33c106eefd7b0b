-- one row: what the earlier run came to, and what runs with its model alone showed, the latest day first
with latest as (
    select
        n_clusters,
        verdict_level,
        dataset,
        model_id,
        as_of
    from previous.runs
    order by rowid desc
    limit 1
),

days as (
    select
        runs.as_of,
        max_by(runs.own_verdict, runs.started_at) as own_verdict
    from previous.runs as runs
    inner join latest
        on runs.dataset = latest.dataset and runs.model_id = latest.model_id and runs.as_of <= latest.as_of
    where runs.status = 'published' and runs.own_verdict is not null
    group by runs.as_of
)

select
    n_clusters,
    verdict_level,
    exists(select 1 from previous.tier_stats) as is_gradient,
    (select list(days.own_verdict order by days.as_of desc) from days) as own_verdicts
from latest;
