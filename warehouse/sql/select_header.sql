-- the header: at most one row, the first line that is not blank
select
    line_number,
    line
from work.lines
where trim(line) <> ''
order by line_number
limit 1;
