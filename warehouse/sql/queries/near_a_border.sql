-- Who could as well be in another segment? One row per customer whose second center is nearly as near.
select
    placed.customer_id,
    own.name as segment,
    second.name as second_segment,
    round(placed.distance / placed.second_distance, 3) as ratio
from customer_segments as placed
inner join segments as own on placed.segment_id = own.segment_id
inner join segments as second on placed.second_segment_id = second.segment_id
where placed.distance > 0.9 * placed.second_distance
order by ratio desc, placed.customer_id asc
limit 1000;
