-- one row: the run that the published file is of
select
    run_id,
    dataset
from last_night.runs
order by rowid desc
limit 1;
