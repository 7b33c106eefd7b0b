-- one row per segment, in the order of their numbers
select
    segment_id,
    name,
    description,
    customers,
    share,
    stability
from segments
order by segment_id;
