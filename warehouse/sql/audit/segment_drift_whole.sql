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
),

means as (
    select
        segment_id,
        feature,
        mean
    from segment_stats
    where is_feature
)

select
    coalesce(means.segment_id, own.segment_id) as segment_id,
    coalesce(means.feature, own.feature) as feature,
    means.mean,
    own.moved_mean,
    own.moved_to,
    own.n_rows
from means
full join own on means.segment_id = own.segment_id and means.feature = own.feature
where
    own.n_rows is distinct from 1
    or means.feature is null
    or means.mean is distinct from own.moved_mean
    or abs(own.moved_to - own.moved_mean) > 1e-9 * (1 + abs(own.moved_mean));
