-- one row a segment, the largest first
select
    segment_id,
    name,
    description,
    customers,
    share
from segments
order by segment_id;
