-- customer_segments: one row per customer, in canonical order; a piece of it
insert into customer_segments (
    customer_id, segment_id, distance, second_segment_id, second_distance, is_outlier, gradient_tier,
    previous_segment_id, segment_since
)
select
    own.customer_id,
    assigned.segment_id,
    assigned.distance,
    assigned.second_segment_id,
    case when assigned.second_segment_id is not null then assigned.second_distance end as second_distance,
    assigned.is_outlier,
    assigned.gradient_tier,
    assigned.previous_segment_id,
    assigned.segment_since
from (
    select customers.customer_id
    from customers
    where customers.rowid between $first and $last
) as own
positional join _assigned as assigned;
