-- one row per column with values that no customer of the model had, with the most frequent of them
with counted as (
    select
        source_column,
        value,
        count(*) as customers
    from unknown_values
    group by source_column, value
)

select
    source_column,
    count(*) as n_values,
    sum(customers)::bigint as customers,
    list(value order by customers desc, value asc)[:5] as examples
from counted
group by source_column
order by source_column;
