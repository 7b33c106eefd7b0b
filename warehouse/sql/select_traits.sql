-- one row per segment and feature: the figures that a segment is named by; a number is named by itself, not by
-- brackets, and a category that takes part without one of its values not by that one, which another column has, too
with fitted as (
    select distinct source_column
    from features
    where weight > 0
)

select
    segment_stats.segment_id,
    segment_stats.source_column,
    segment_stats.kind,
    profiled.value,
    segment_stats.mean,
    segment_stats.overall_mean,
    segment_stats.difference / nullif(segment_stats.standardized_difference, 0) as spread,
    coalesce(abs(segment_stats.z_score) >= $critical_z, false) as is_certain,
    segment_stats.is_feature
from segment_stats
inner join work.profiled on segment_stats.feature = profiled.feature
left join features on segment_stats.feature = features.feature
left join fitted on segment_stats.source_column = fitted.source_column
where
    segment_stats.mean is not null
    and profiled.encoding <> 'bracket'
    and (profiled.kind <> 'category' or features.weight > 0 or fitted.source_column is null)
order by segment_stats.segment_id, profiled.feature_number;
