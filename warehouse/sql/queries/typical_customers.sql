-- What does a typical customer of each segment look like? One row per customer, the five nearest to each center.
select
    segments.segment_id,
    segments.name,
    customers.*
from customer_segments as placed
inner join segments on placed.segment_id = segments.segment_id
inner join customers on placed.customer_id = customers.customer_id
where not placed.is_outlier
qualify row_number() over (partition by placed.segment_id order by placed.distance, placed.customer_id) <= 5
order by segments.segment_id, placed.distance, placed.customer_id;
