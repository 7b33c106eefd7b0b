-- one row: the version of this software that published the file
select software_version
from runs
order by rowid desc
limit 1;
