-- one row per segment: 21 evenly spaced quantiles of how much nearer its customers are to their own centroid than to
-- the next one, as a share of the distance to that one
select
    segment_id,
    quantile_cont(
        case when second_distance > 0 then (second_distance - distance) / second_distance else 0 end,
        [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1]
    ) as quantiles
from customer_segments
where second_distance is not null
group by segment_id
order by segment_id;
