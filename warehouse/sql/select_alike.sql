-- one row: of one customer in $every, how many have an identifier that the earlier run has in another form
-- Neither run has it as the other does. Its digits are the same, and so are its letters, or one of the two has none;
-- such digits are found once on each side.
with own as (
    select
        any_value(customer_id) as customer_id,
        ltrim(regexp_replace(regexp_replace(customer_id, '\.0+$', ''), '[^0-9]', '', 'g'), '0') as digits
    from night.customers
    where rowid % $every = 0 and customer_id not in (select earlier.customer_id from previous.customers as earlier)
    group by digits
    having count(*) = 1
),

earlier as (
    select
        any_value(customer_id) as customer_id,
        ltrim(regexp_replace(regexp_replace(customer_id, '\.0+$', ''), '[^0-9]', '', 'g'), '0') as digits
    from previous.customers
    where customer_id not in (select own.customer_id from night.customers as own)
    group by digits
    having count(*) = 1
),

lettered as (
    select
        own.customer_id,
        earlier.customer_id as earlier_id,
        lower(regexp_replace(own.customer_id, '[^A-Za-z]', '', 'g')) as letters,
        lower(regexp_replace(earlier.customer_id, '[^A-Za-z]', '', 'g')) as earlier_letters
    from own
    inner join earlier on own.digits = earlier.digits
)

select
    count(*) as alike,
    min(customer_id) as example,
    min_by(earlier_id, customer_id) as earlier_example
from lettered
where letters = earlier_letters or letters = '' or earlier_letters = '';
