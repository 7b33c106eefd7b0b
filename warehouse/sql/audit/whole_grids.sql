-- one row a segment and feature that centroids or segment_stats lack or hold twice
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
having count(centroids.feature) <> 1 or count(segment_stats.feature) <> 1;
