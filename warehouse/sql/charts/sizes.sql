-- one row per run and segment, of the last 30 runs: how large the segment was; a run that is not published has no day
with runs_of_segments as (
    select
        as_of,
        segment_id,
        customers
    from history.segments
    union all
    select
        (
            select max_by(runs.as_of, runs.started_at)
            from runs
            where runs.status = 'published'
        ) as as_of,
        segment_id,
        customers
    from segments
)

select
    as_of,
    segment_id,
    customers
from runs_of_segments
qualify dense_rank() over (order by as_of desc nulls first) <= 30
order by as_of asc nulls last, segment_id asc;
