-- one row per customer of a range who was in the earlier run, in no order
select
    customers.rowid as position,
    earlier.segment_id,
    earlier.segment_since
from previous.customer_segments as earlier
inner join customers on earlier.customer_id = customers.customer_id
where customers.rowid between $first and $last;
