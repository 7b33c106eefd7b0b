-- How much revenue does each segment bring? One row per segment and number: its mean, its total, and the share of it.
select
    segments.segment_id,
    segments.name,
    stats.source_column,
    stats.support as customers,
    round(stats.median, 2) as median,
    round(stats.mean, 2) as mean,
    round(stats.mean * stats.support, 2) as total,
    round(100 * total / nullif(sum(total) over (partition by stats.source_column), 0), 1) as percent_of_total
from segment_stats as stats
inner join segments on stats.segment_id = segments.segment_id
where stats.kind = 'numeric' and stats.mean is not null
qualify row_number() over (partition by stats.segment_id, stats.source_column order by stats.feature) = 1
order by stats.source_column asc, total desc;
