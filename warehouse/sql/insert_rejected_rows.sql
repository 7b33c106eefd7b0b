-- rejected_rows: one row per rejected row and reason, with its file, line and text
insert into rejected_rows (run_id, source_name, line_number, column_name, code, value, reason, raw)
select
    cast($run_id as varchar) as run_id,
    sources.source_name,
    rejected.record - sources.first_record + 1 as line_number,
    rejected.column_name,
    rejected.code,
    rejected.value,
    replace(rejected.reason, chr(10), ' ') as reason,
    coalesce(raws.raw, lines.line) as raw
from work.rejected
inner join work.lines on rejected.record = lines.record
left join work.raws on rejected.record = raws.record
inner join work.sources on rejected.record between sources.first_record and sources.last_record
order by rejected.record, rejected.column_name, rejected.code;
