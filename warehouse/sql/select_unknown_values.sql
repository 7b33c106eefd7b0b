-- one row per column with values that the earlier run's model does not know, infrequent ones aside where it groups them
with delivered as (
    select
        own.source_column,
        own.customers,
        not exists (
            select 1
            from previous.features as known
            where
                known.source_column = own.source_column
                and known.encoding in ('one-hot', 'multi-hot', 'flag')
                and (known.value is not distinct from own.value or (known.grouped_values > 1 and own.is_infrequent))
        ) as is_unknown
    from work.vocabulary as own
)

select
    source_column,
    count(*) filter (where is_unknown) as n_values,
    sum(customers) filter (where is_unknown) / sum(customers) as share
from delivered
group by source_column
having n_values > 0
order by source_column;
