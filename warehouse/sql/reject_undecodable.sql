-- work.rejected: one row per record with undecodable bytes
insert into work.rejected (record, column_name, code, value, reason)
select
    records._record as record,
    null as column_name,
    'not_text' as code,
    min(undecodable.found) as value,
    'the record holds ' || min(undecodable.found) || ', which is not ' || $encoding
    || ' text; expected text, or another encoding= in the schema' as reason
from work.records
left join work.raws on records._record = raws.record
inner join work.undecodable
    on undecodable.record between records._record and coalesce(raws.last_record, records._record)
where records._record between $first_record and $last_record
group by records._record;
