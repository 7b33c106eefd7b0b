-- work.vocabulary: one row per different value of a category, flag or items column, with its feature in the model
-- A value that the model does not know is one of its infrequent categories, else it has no feature.
create or replace table work.vocabulary as
with model as (
    select
        source_column,
        value,
        grouped_values > 1 as is_grouped,
        imputed = 1 as is_imputed,
        row_number() over (order by feature_number) - 1 as binary_index
    from previous.features
    where encoding in ('one-hot', 'multi-hot', 'flag')
),

named as (
    select
        coalesce(delivered.source_column, model.source_column) as source_column,
        coalesce(delivered.value, model.value) as value,
        coalesce(delivered.customers, 0) as customers,
        coalesce(model.is_grouped, false) as is_grouped,
        coalesce(model.is_imputed, false) as is_imputed,
        model.binary_index
    from work.vocabulary as delivered
    full join model
        on delivered.source_column = model.source_column and delivered.value is not distinct from model.value
),

placed as (
    select
        named.source_column,
        named.value,
        named.customers,
        named.is_grouped or (named.binary_index is null and grouped.binary_index is not null) as is_grouped,
        named.is_imputed,
        coalesce(named.binary_index, grouped.binary_index) as binary_index
    from named
    left join model as grouped
        on
            named.source_column = grouped.source_column
            and grouped.is_grouped
            and named.value is distinct from '(missing)'
)

select
    source_column,
    value,
    customers,
    false as is_infrequent,
    is_grouped,
    is_imputed as is_most_frequent,
    binary_index::integer as binary_index
from placed;
