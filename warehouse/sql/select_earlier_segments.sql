-- one row per segment of the earlier run
select
    segment_id,
    name,
    customers,
    first_seen
from previous.segments
order by segment_id;
