-- one row a column whose encoding the dataset changes by a weight, a logarithm or limits
select
    source_column,
    any_value(weight) as weight,
    bool_or(is_log) as is_log,
    any_value(clip_low) as clip_low,
    any_value(clip_high) as clip_high
from features
group by source_column
having any_value(weight) <> 1 or bool_or(is_log) or any_value(clip_low) is not null
order by min(feature_number);
