-- What do the customers of a segment buy that others do not? One row per segment and item, five each.
select
    segments.segment_id,
    segments.name,
    features.value as item,
    stats.support as customers,
    round(100 * stats.mean, 1) as percent,
    round(100 * stats.overall_mean, 1) as percent_of_all,
    round(stats.lift, 2) as lift
from segment_stats as stats
inner join segments on stats.segment_id = segments.segment_id
inner join features on stats.feature = features.feature
where stats.kind = 'items' and stats.is_significant and stats.lift > 1
qualify row_number() over (partition by stats.segment_id order by stats.lift desc, features.value asc) <= 5
order by segments.segment_id asc, stats.lift desc, item asc;
