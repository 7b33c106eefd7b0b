-- one row per segment and fitted feature of the earlier run: its center as an x of the feature
select
    centroids.segment_id,
    centroids.feature,
    features.center + centroids.value * features.scale / features.weight as x
from previous.centroids as centroids
inner join previous.features as features on centroids.feature = features.feature
where features.weight > 0
order by centroids.segment_id, features.feature_number;
