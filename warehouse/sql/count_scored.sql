-- one row per published segment: how many of the scored customers are in it
select
    segments.segment_id,
    segments.name,
    segments.share as published_share,
    count(scored_customers.customer_id) as customers
from previous.segments as segments
left join scored_customers on segments.segment_id = scored_customers.segment_id
group by segments.segment_id, segments.name, segments.share
order by segments.segment_id;
