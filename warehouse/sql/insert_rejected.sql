-- work.rejected: one row per rejected record and reason, of the faults found in one chunk
insert into work.rejected (record, column_name, code, value, reason)
select
    record,
    column_name,
    code,
    value,
    reason
from _faults
order by record, column_name, code;
