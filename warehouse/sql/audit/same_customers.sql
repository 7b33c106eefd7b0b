-- one row a customer without a segment, or in a segment that is not listed
select customers.customer_id
from customers
left join customer_segments on customers.customer_id = customer_segments.customer_id
left join segments on customer_segments.segment_id = segments.segment_id
where segments.segment_id is null;
