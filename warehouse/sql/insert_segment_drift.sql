-- segment_drift: one row per segment and feature
-- The variance of all customers is the mean of the variances within the segments and of the squared differences.
insert into segment_drift (
    segment_id, feature, reference_date, reference_mean, mean, difference, standardized_difference
)
with own as (
    select
        segment_stats.segment_id,
        segment_stats.feature,
        segment_stats.mean,
        features.feature_number,
        sqrt(
            sum(segments.customers * (power(segment_stats.std, 2) + power(segment_stats.difference, 2)))
                over (partition by segment_stats.feature)
            / sum(segments.customers) filter (where segment_stats.std is not null)
                over (partition by segment_stats.feature)
        ) as spread
    from segment_stats
    inner join segments on segment_stats.segment_id = segments.segment_id
    inner join features on segment_stats.feature = features.feature
)

select
    own.segment_id,
    own.feature,
    coalesce(reference.reference_date, cast($as_of as date)) as reference_date,
    coalesce(reference.reference_mean, own.mean) as reference_mean,
    own.mean,
    own.mean - coalesce(reference.reference_mean, own.mean) as difference,
    case
        when own.spread > 0 then (own.mean - coalesce(reference.reference_mean, own.mean)) / own.spread
    end as standardized_difference
from own
left join work.reference_means as reference
    on own.segment_id = reference.segment_id and own.feature = reference.feature
order by own.segment_id, own.feature_number;
