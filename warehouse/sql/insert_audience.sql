-- audiences of the amended file: one row, the customers that its published run has in a segment
insert into amended.audiences
with published_run as (
    select
        runs.run_id,
        runs.as_of,
        runs.dataset
    from amended.runs as runs
    order by runs.rowid desc
    limit 1
)

select
    $audience,
    segments.segment_id,
    segments.name as segment_name,
    published_run.dataset,
    published_run.run_id,
    published_run.as_of,
    $frozen_at,
    segments.customers,
    $control_customers,
    $seed
from amended.segments as segments
cross join published_run
where segments.segment_id = $segment_id;
