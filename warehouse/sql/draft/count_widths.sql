-- one row per number of fields: how many records have so many
select
    len(fields) as n_fields,
    count(*) as n_records
from work.fields
group by n_fields
order by n_records desc, n_fields asc;
