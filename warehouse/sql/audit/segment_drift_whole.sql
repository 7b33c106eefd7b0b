-- one row per segment and feature that segment_drift lacks, holds twice, or whose mean or difference it has otherwise
with own as (
    select
        segment_id,
        feature,
        count(*) as n_rows,
        any_value(mean) as moved_mean,
        any_value(reference_mean + difference) as moved_to
    from segment_drift
    group by segment_id, feature
)

select
    coalesce(segment_stats.segment_id, own.segment_id) as segment_id,
    coalesce(segment_stats.feature, own.feature) as feature,
    segment_stats.mean,
    own.moved_mean,
    own.moved_to,
    own.n_rows
from segment_stats
full join own on segment_stats.segment_id = own.segment_id and segment_stats.feature = own.feature
where
    own.n_rows is distinct from 1
    or segment_stats.feature is null
    or segment_stats.mean is distinct from own.moved_mean
    or abs(own.moved_to - own.moved_mean) > 1e-9 * (1 + abs(own.moved_mean));
