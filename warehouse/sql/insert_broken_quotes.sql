-- work.broken_quotes: one row per line of one source whose quotes make no sense
insert into work.broken_quotes (record, fault)
select
    broken.record,
    replace(faults.words, '{line}', cast(broken.closing_line as varchar)) as fault
from _broken as broken
inner join _faults as faults on broken.fault = faults.fault
order by broken.record;
