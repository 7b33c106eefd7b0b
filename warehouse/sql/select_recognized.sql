-- one row: of one customer in $every, how many the earlier run has too; and an identifier of each run
select
    count(*) as customers,
    count(*) filter (where customer_id in (select was.customer_id from previous.customers as was)) as recognized,
    min(customer_id) as example,
    (select min(was.customer_id) from previous.customers as was) as earlier_example
from night.customers
where rowid % $every = 0;
