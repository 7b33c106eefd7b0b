-- one row if customers, their segments, the sizes of the segments and the rows loaded differ
-- That the customers of both tables are the same ones is asked by another statement.
with counts as (
    select
        rows_loaded,
        (select count(*) from customers) as n_customers,
        (select count(distinct customer_id) from customers) as n_customer_ids,
        (select count(*) from customer_segments) as n_assigned,
        (select sum(customers) from segments) as sum_of_sizes
    from runs
    where run_id = $run_id
)

select *
from counts
where
    n_customers <> rows_loaded
    or n_customer_ids <> rows_loaded
    or n_assigned <> rows_loaded
    or sum_of_sizes is distinct from rows_loaded;
