-- segment_lifetimes: one row per segment that there is
insert into segment_lifetimes (segment_id, name, customers, first_seen, last_seen)
select
    segment_id,
    name,
    customers,
    first_seen,
    cast($as_of as date) as last_seen
from segments
order by segment_id;
