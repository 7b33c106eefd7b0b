-- one row per number, and per flag, category and item that sets a segment apart most: what a rule may ask
with ranked as (
    select
        features.feature_number,
        features.source_column,
        features.value,
        features.kind = 'numeric' as is_number,
        row_number() over (
            partition by segment_stats.segment_id, features.kind = 'numeric'
            order by abs(segment_stats.standardized_difference) desc, features.feature_number asc
        ) as place
    from segment_stats
    inner join features on segment_stats.feature = features.feature
    where
        features.encoding <> 'bracket'
        and coalesce(features.grouped_values, 1) = 1
        and segment_stats.standardized_difference is not null
)

select
    source_column,
    value
from ranked
where is_number or place <= $at_most
group by feature_number, source_column, value
order by feature_number;
