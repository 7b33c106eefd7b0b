-- one row: what the published file is, which is attached as previous
select
    dataset,
    software_version
from previous.runs
order by rowid desc
limit 1;
