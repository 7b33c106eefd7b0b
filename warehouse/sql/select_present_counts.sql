-- one row per binary feature and segment: how many customers of the segment have it
select
    features.source_column,
    features.feature_number,
    features.value,
    present_counts.segment_id,
    sum(present_counts.n_present) as customers
from present_counts
inner join features
    on
        present_counts.source_column = features.source_column
        and present_counts.v is not distinct from features.value
where features.kind <> 'numeric'
group by features.source_column, features.feature_number, features.value, present_counts.segment_id
order by features.feature_number, present_counts.segment_id;
