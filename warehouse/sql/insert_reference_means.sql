-- work.reference_means: one row per segment and feature of the earlier run, where its model is kept
insert into work.reference_means
select
    segment_id,
    feature,
    reference_date,
    reference_mean
from previous.segment_drift
where reference_mean is not null and (select max(model_id) from models) = (select max(model_id) from previous.models);
