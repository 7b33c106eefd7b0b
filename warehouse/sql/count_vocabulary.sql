-- one row per category, flag or items column: how many features and values it has
select
    source_column,
    count(distinct binary_index) as n_features,
    count(*) as n_values,
    count(*) filter (where is_infrequent) as n_infrequent,
    count(*) filter (where is_grouped) as n_grouped,
    sum(customers)::bigint as n_present
from work.vocabulary
group by source_column
order by min(binary_index);
