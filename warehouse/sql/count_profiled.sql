-- one row: rows of segment_stats
select count(*) * (select count(distinct segment_id) from customer_segments) as n_rows
from work.profiled;
