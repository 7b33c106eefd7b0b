-- What does a typical customer of each segment look like? One row per customer, the five nearest to each center.
with typical as (
    select
        segment_id,
        customer_id,
        distance
    from customer_segments
    where not is_outlier
    qualify row_number() over (partition by segment_id order by distance, customer_id) <= 5
)

select
    segments.segment_id,
    segments.name,
    customers.*
from typical
inner join segments on typical.segment_id = segments.segment_id
inner join customers on typical.customer_id = customers.customer_id
order by segments.segment_id, typical.distance, typical.customer_id;
