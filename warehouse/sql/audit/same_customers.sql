-- one row a customer that stands elsewhere among the segments' customers, or whose segment is not listed
select
    customers.customer_id,
    customer_segments.customer_id as assigned_customer_id,
    customer_segments.segment_id
from customers
positional join customer_segments
left join segments on customer_segments.segment_id = segments.segment_id
where
    customers.customer_id is distinct from customer_segments.customer_id
    or segments.segment_id is null;
