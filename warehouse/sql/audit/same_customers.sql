-- one row per customer that stands elsewhere among the segments' customers, or whose segment is not listed
-- Without a join but the positional one, as ten million customers do not fit into a hash table.
select
    customers.customer_id,
    customer_segments.customer_id as assigned_customer_id,
    customer_segments.segment_id
from customers
positional join customer_segments
where
    customers.customer_id is distinct from customer_segments.customer_id
    or customer_segments.segment_id not in (select segments.segment_id from segments);
