-- one row per mark of another run than the one that is being published
select run_id
from rejected_rows
where run_id <> $run_id
union all
select newest.run_id
from (
    select
        run_id,
        status
    from runs
    order by rowid desc
    limit 1
) as newest
where newest.run_id <> $run_id or newest.status <> 'published';
