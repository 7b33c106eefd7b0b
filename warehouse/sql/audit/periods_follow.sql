-- one row per period of a customer in a segment that ends before it begins, or after the customer's next one begins
with periods as (
    select
        *,
        lead(valid_from) over (
            partition by customer_id
            order by valid_from
        ) as next_from
    from segment_history
    where customer_id in (select past_memberships.customer_id from past_memberships)
)

select *
from periods
where valid_to <= valid_from or (next_from is not null and (valid_to is null or valid_to > next_from));
