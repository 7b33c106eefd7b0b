-- one row per segment and feature, or value of a column profiled beside them: the mean, and that of all customers
select
    segment_id,
    feature,
    mean,
    overall_mean,
    standardized_difference
from segment_stats
order by source_column, feature, segment_id;
