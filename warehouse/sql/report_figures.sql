-- one row per segment and feature: the mean, and the mean and standard deviation over all customers
-- The variance of all is the mean of the variances within and of the squared differences.
select
    segment_stats.segment_id,
    segment_stats.feature,
    segment_stats.source_column,
    segment_stats.kind,
    features.value,
    segment_stats.mean,
    segment_stats.overall_mean,
    sqrt(
        sum(segments.customers * (power(segment_stats.std, 2) + power(segment_stats.difference, 2)))
            over (partition by segment_stats.feature)
        / sum(segments.customers) filter (where segment_stats.std is not null)
            over (partition by segment_stats.feature)
    ) as spread
from segment_stats
inner join segments on segment_stats.segment_id = segments.segment_id
inner join features on segment_stats.feature = features.feature
where features.encoding <> 'bracket'
order by features.feature_number, segment_stats.segment_id;
