-- one row per segment and feature that centroids or segment_stats lack, hold twice or hold beside the grid
with grid as (
    select
        segments.segment_id,
        features.feature
    from segments
    cross join features
)

select
    grid.segment_id,
    grid.feature
from grid
left join centroids on grid.segment_id = centroids.segment_id and grid.feature = centroids.feature
left join segment_stats on grid.segment_id = segment_stats.segment_id and grid.feature = segment_stats.feature
group by grid.segment_id, grid.feature
having count(centroids.feature) <> 1 or count(segment_stats.feature) <> 1
union all
select
    centroids.segment_id,
    centroids.feature
from centroids
anti join grid on centroids.segment_id = grid.segment_id and centroids.feature = grid.feature
union all
select
    segment_stats.segment_id,
    segment_stats.feature
from segment_stats
anti join grid on segment_stats.segment_id = grid.segment_id and segment_stats.feature = grid.feature
where segment_stats.is_feature;
