-- Which rows were rejected, and what is to be mended? One row per kind of fault and column.
select
    code,
    column_name,
    count(*) as row_count,
    min(line_number) as first_line,
    min_by(reason, line_number) as for_example
from rejected_rows
group by code, column_name
order by row_count desc, code asc, column_name asc;
