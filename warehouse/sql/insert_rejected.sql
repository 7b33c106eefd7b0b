-- rejected_rows: one row a refused row and reason, of the faults found in one chunk
insert into rejected_rows (run_id, line_number, column_name, code, value, reason, raw)
select
    cast($run_id as varchar) as run_id,
    faults.line_number,
    faults.column_name,
    faults.code,
    faults.value,
    faults.reason,
    lines.line as raw
from _faults as faults
inner join work.lines on faults.line_number = lines.line_number
order by faults.line_number, faults.column_name, faults.code;
