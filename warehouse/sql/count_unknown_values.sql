-- one row per column with values that no customer of the model had, with the most frequent of them
select
    source_column,
    count(*) as n_values,
    sum(customers)::bigint as customers,
    list(value order by customers desc, value)[:5] as examples
from (
    select
        source_column,
        value,
        count(*) as customers
    from unknown_values
    group by source_column, value
)
group by source_column
order by source_column;
