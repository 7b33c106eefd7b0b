-- one row per segment and feature of the earlier run, by segment, then in the order of the features
select centroids.value
from previous.centroids as centroids
inner join previous.features as features on centroids.feature = features.feature
order by centroids.segment_id, features.feature_number;
