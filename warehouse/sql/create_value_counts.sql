-- work.value_counts: one row per value of a category, flag or items column, and one for the customers without any
-- From work.vocabulary, before a model is kept, where the imputed values of customers without any are counted, too.
create or replace table work.value_counts as
with own as (
    select
        vocabulary.source_column,
        coalesce(vocabulary.value, 'yes') as label,
        vocabulary.value is null as is_flag,
        vocabulary.customers - if(
            vocabulary.is_most_frequent and without_value.label = '(missing)', without_value.customers, 0
        ) as customers,
        vocabulary.is_infrequent,
        vocabulary.is_grouped
    from work.vocabulary as vocabulary
    left join work.without_value as without_value on vocabulary.source_column = without_value.source_column
)

select
    source_column,
    label,
    customers,
    is_infrequent,
    is_grouped
from own
union all
select
    own.source_column,
    'no' as label,
    (select count(*) from customers) - own.customers - coalesce(without_value.customers, 0) as customers,
    false as is_infrequent,
    false as is_grouped
from own
left join work.without_value as without_value on own.source_column = without_value.source_column
where own.is_flag
union all
select
    source_column,
    label,
    customers,
    false as is_infrequent,
    false as is_grouped
from work.without_value
where customers > 0;
