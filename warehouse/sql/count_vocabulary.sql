-- one row per category, flag or items column: how many features it makes, and how often customers have its values
select
    source_column,
    count(distinct binary_index) as n_features,
    count(*) as n_values,
    count(*) filter (where is_rare) as n_rare,
    count(*) filter (where is_joined) as n_joined,
    sum(customers)::bigint as n_present
from work.vocabulary
group by source_column
order by min(binary_index);
