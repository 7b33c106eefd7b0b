-- How have the sizes of the segments changed? One row per day and segment, of the last 30 days that were published.
with sizes as (
    select
        as_of,
        segment_id,
        name,
        customers,
        share
    from history.segments
    union all
    select
        (select max_by(as_of, started_at) from runs) as as_of,
        segment_id,
        name,
        customers,
        share
    from segments
)

select
    as_of,
    segment_id,
    name,
    customers,
    round(100 * share, 1) as percent,
    customers - lag(customers) over (partition by segment_id order by as_of) as change
from sizes
qualify dense_rank() over (order by as_of desc) <= 30
order by as_of, segment_id;
