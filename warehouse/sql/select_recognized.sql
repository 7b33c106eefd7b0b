-- one row: of one customer in $every, how many the earlier run has too, by their identifier and by its digits alone
with own as (
    select
        customer_id,
        coalesce(
            nullif(ltrim(regexp_replace(regexp_replace(customer_id, '\.0+$', ''), '[^0-9]', '', 'g'), '0'), ''),
            lower(customer_id)
        ) as digits
    from night.customers
    where rowid % $every = 0
),

alike as (
    select
        own.customer_id,
        min(earlier.customer_id) as earlier_id,
        bool_or(earlier.customer_id = own.customer_id) as is_same
    from previous.customers as earlier
    inner join own
        on own.digits = coalesce(
            nullif(ltrim(regexp_replace(regexp_replace(earlier.customer_id, '\.0+$', ''), '[^0-9]', '', 'g'), '0'), ''),
            lower(earlier.customer_id)
        )
    group by own.customer_id
)

select
    (select count(*) from own) as customers,
    count(*) filter (where is_same) as recognized,
    count(*) as alike,
    min(customer_id) as example,
    min_by(earlier_id, customer_id) as earlier_example
from alike;
