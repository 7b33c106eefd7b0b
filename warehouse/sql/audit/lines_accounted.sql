-- one row per delivered file whose lines are not its header, its records and the lines that were skipped
with record_lines as (
    select
        sources.source_number,
        count(*) + coalesce(sum(raws.last_record - raws.record), 0) as n_lines
    from work.records
    inner join work.sources on records._record between sources.first_record and sources.last_record
    left join work.raws on records._record = raws.record
    group by sources.source_number
)

select
    sources.source_name,
    sources.last_record - sources.first_record + 1 as n_lines,
    sources.header_lines,
    coalesce(record_lines.n_lines, 0) as record_lines,
    sources.blank_lines,
    sources.comment_lines
from work.sources
left join record_lines on sources.source_number = record_lines.source_number
where
    sources.last_record - sources.first_record + 1
    is distinct from
    sources.header_lines + coalesce(record_lines.n_lines, 0) + sources.blank_lines + sources.comment_lines;
