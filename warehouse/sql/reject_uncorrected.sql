-- work.rejected: one row per resubmitted record that still shows undecodable bytes
insert into work.rejected (record, column_name, code, value, reason)
select
    records._record as record,
    null as column_name,
    'not_text' as code,
    regexp_extract(coalesce(raws.raw, lines.line), '\\x[0-9a-f]{2}') as value,
    'the record still shows ' || regexp_extract(coalesce(raws.raw, lines.line), '\\x[0-9a-f]{2}')
    || ' for a byte that is not text; expected the character in its place' as reason
from work.records
inner join work.lines on records._record = lines.record
left join work.raws on records._record = raws.record
where
    records._record between $first_record and $last_record
    and records._fault is null
    and regexp_matches(coalesce(raws.raw, lines.line), '\\x[0-9a-f]{2}');
