-- profiled: one row per figure of a segment: each feature, and each number or value of the columns profiled beside
create or replace table work.profiled as
select
    feature,
    feature_number,
    source_column,
    kind,
    encoding,
    value,
    true as is_feature
from features;
