-- one row per segment, the largest first
select
    segment_id,
    name,
    description,
    customers,
    share,
    stability
from segments
order by segment_id;
