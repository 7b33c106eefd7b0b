-- one row: of one customer in $every, how many the earlier run has too
select
    count(*) as customers,
    count(*) filter (where customer_id in (select earlier.customer_id from previous.customers as earlier)) as recognized
from night.customers
where rowid % $every = 0;
