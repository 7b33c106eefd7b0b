-- one row per tier and feature, in their order: the figures of report_figures, the tier taking the segment's place
-- The standard deviation over all customers is that of the feature there.
select
    tier_stats.tier as segment_id,
    tier_stats.feature,
    tier_stats.source_column,
    tier_stats.kind,
    features.value,
    tier_stats.mean,
    tier_stats.overall_mean,
    null as spread
from tier_stats
inner join features on tier_stats.feature = features.feature
order by features.feature_number, tier_stats.tier;
