-- one row per segment and feature, or value of a column profiled beside them: the mean, and that of all customers
select
    segment_stats.segment_id,
    segment_stats.feature,
    segment_stats.source_column,
    segment_stats.kind,
    profiled.value,
    segment_stats.mean,
    segment_stats.overall_mean,
    max(segment_stats.difference / nullif(segment_stats.standardized_difference, 0))
        over (partition by segment_stats.feature)
        as spread
from segment_stats
inner join work.profiled on segment_stats.feature = profiled.feature
where profiled.encoding <> 'bracket'
order by profiled.feature_number, segment_stats.segment_id;
