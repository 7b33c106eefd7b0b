-- one row per column of which values are replaced by another spelling
select distinct column_name
from work.spellings
order by column_name;
