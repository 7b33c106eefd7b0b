-- one row per segment and feature whose center moved by a tenth of a standard deviation, those that moved most first;
-- none in the run that formed the model
select
    segment_drift.segment_id,
    segment_drift.feature,
    features.kind,
    segment_drift.reference_date,
    segment_drift.reference_mean,
    segment_drift.mean,
    segment_drift.standardized_difference
from segment_drift
inner join features on segment_drift.feature = features.feature
where
    segment_drift.reference_date < cast($as_of as date)
    and features.encoding <> 'bracket'
    and abs(segment_drift.standardized_difference) >= 0.1
order by abs(segment_drift.standardized_difference) desc, segment_drift.segment_id, features.feature_number asc
limit $at_most;
