-- one row per segment that there ever was, up to the earlier run
select segment_id
from previous.segment_lifetimes;
