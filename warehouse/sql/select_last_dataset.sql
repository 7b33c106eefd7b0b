-- one row: the dataset of the run that the published file is of
select dataset
from last_night.runs
order by rowid desc
limit 1;
