-- one row per column and kind of fault, the most frequent first
select
    column_name,
    code,
    count(*) as n_rows,
    min(line_number) as first_line,
    arg_min(reason, line_number) as first_reason,
    arg_min(source_name, line_number) as first_source
from rejected_rows
group by column_name, code
order by n_rows desc, first_line asc, column_name asc, code asc;
