-- Whom should we look at by hand? One row per customer far from the center of its segment, the farthest first.
select
    segments.name as segment,
    round(placed.distance, 2) as distance,
    customers.*
from customer_segments as placed
inner join segments on placed.segment_id = segments.segment_id
inner join customers on placed.customer_id = customers.customer_id
where placed.is_outlier
order by placed.distance desc, placed.customer_id asc
limit 1000;
