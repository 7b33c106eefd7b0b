-- one row per feature that takes part in the distances, numbers first, with its coordinates in the centroids
select
    features.encoding <> 'standardized' as is_binary,
    features.feature_number,
    features.source_column,
    features.encoding,
    features.value,
    features.grouped_values,
    features.center,
    features.scale,
    features.weight,
    features.is_log,
    features.clip_low,
    features.clip_high,
    features.imputed,
    list(centroids.value order by segments.segment_id) as coordinates
from features
cross join segments
left join centroids
    on features.feature = centroids.feature and segments.segment_id = centroids.segment_id
where features.weight > 0
group by all
order by is_binary, features.feature_number;
