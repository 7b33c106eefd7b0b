-- segment_history: one row per customer and period in a segment
select
    customer_id,
    segment_id,
    valid_from,
    valid_to
from past_memberships
union all
select
    customer_id,
    segment_id,
    segment_since as valid_from,
    null as valid_to
from customer_segments
where segment_since is not null;
