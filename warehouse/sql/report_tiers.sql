-- one row per tier and feature, in their order: the figures of report_figures, the tier taking the segment's place
-- The standard deviation over all customers is that of report_figures.
with spreads as (
    select
        segment_stats.feature,
        sqrt(
            sum(segments.customers * (power(segment_stats.std, 2) + power(segment_stats.difference, 2)))
            / sum(segments.customers) filter (where segment_stats.std is not null)
        ) as spread
    from segment_stats
    inner join segments on segment_stats.segment_id = segments.segment_id
    group by segment_stats.feature
)

select
    tier_stats.tier as segment_id,
    tier_stats.feature,
    tier_stats.source_column,
    tier_stats.kind,
    features.value,
    tier_stats.mean,
    tier_stats.overall_mean,
    spreads.spread
from tier_stats
inner join features on tier_stats.feature = features.feature
inner join spreads on tier_stats.feature = spreads.feature
order by features.feature_number, tier_stats.tier;
