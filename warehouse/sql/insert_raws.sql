-- work.raws: one row per record of more than one line of one source
insert into work.raws (record, last_record, raw)
select
    spans.first_record as record,
    max(spans.record) as last_record,
    string_agg(lines.line, chr(10) order by lines.record) as raw
from (
    select
        first_record,
        unnest(range(first_record, last_record + 1)) as record
    from _spans
) as spans
inner join work.lines on spans.record = lines.record
group by spans.first_record
order by spans.first_record;
