-- customer_segments: one row a customer, in canonical order
insert into customer_segments (
    customer_id, segment_id, distance, second_segment_id, second_distance, is_outlier, segment_since
)
select
    ordered.customer_id,
    assigned.segment_id,
    assigned.distance,
    assigned.second_segment_id,
    case when assigned.second_segment_id is not null then assigned.second_distance end as second_distance,
    assigned.is_outlier,
    cast($as_of as date) as segment_since
from _assigned as assigned
inner join work.ordered on assigned.position = ordered._position
order by ordered._position;
