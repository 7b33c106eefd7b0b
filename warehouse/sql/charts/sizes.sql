-- one row per run and segment, of the last 30 runs: how large the segment was
with runs_of_segments as (
    select
        as_of,
        segment_id,
        customers
    from history.segments
    union all
    select
        lifetimes.last_seen as as_of,
        segments.segment_id,
        segments.customers
    from segments
    inner join segment_lifetimes as lifetimes on segments.segment_id = lifetimes.segment_id
)

select
    as_of,
    segment_id,
    customers
from runs_of_segments
qualify dense_rank() over (order by as_of desc) <= 30
order by as_of, segment_id;
