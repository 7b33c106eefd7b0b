-- one row a mark of another run than the one that is being published
select run_id
from rejected_rows
where run_id <> $run_id
union all
select newest.run_id
from (
    select arg_max(run_id, started_at) as run_id
    from runs
    where status = 'published'
) as newest
where newest.run_id is distinct from $run_id;
