-- one row per feature, numbers first, with its coordinates in the centroids; those of weight 0 take no part
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
group by all
order by is_binary, features.feature_number;
