-- What sets each segment apart? One row per segment and trait that is no chance, the eight strongest of each.
select
    segments.segment_id,
    segments.name,
    stats.feature,
    round(stats.mean, 3) as in_segment,
    round(stats.overall_mean, 3) as of_all,
    round(stats.standardized_difference, 2) as standardized_difference
from segment_stats as stats
inner join segments on stats.segment_id = segments.segment_id
where stats.is_significant
qualify row_number() over (partition by stats.segment_id order by abs(stats.standardized_difference) desc) <= 8
order by segments.segment_id asc, abs(stats.standardized_difference) desc, stats.feature;
