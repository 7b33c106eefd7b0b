-- one row per kind of row that is no customer: its code and the lines of its rows
select
    code,
    list(distinct record order by record) as lines
from work.rejected
where code in ('total_row', 'heading_row', 'ruled_line', 'missing_value')
group by code
order by code;
