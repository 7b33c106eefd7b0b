-- one row: the run that the file is of, which is the last that was written; a clock may have been wrong
select run_id
from runs
order by rowid desc
limit 1;
