-- one row an encoding: how many columns became how many features by it
select
    encoding,
    count(distinct source_column) as n_columns,
    count(*) as n_features
from features
group by encoding
order by min(feature_number);
