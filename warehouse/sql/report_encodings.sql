-- one row per encoding of features: how many columns became how many features by it; those that are left out are not
select
    encoding,
    count(distinct source_column) as n_columns,
    count(*) as n_features
from features
where weight > 0
group by encoding
order by min(feature_number);
