-- work.fields: one row per record below the header, its fields as a run reads their cells
-- A record of $closed_width fields has an empty one after its last delimiter, which no header names.
-- A repeated header, an empty record, one whose quotes are broken and one that is not text are left out.
create or replace table work.fields as
with trimmed as (
    select
        record as line_number,
        list_transform(fields, lambda field: cell_text(field)) as fields
    from work.field_lists
    where
        record > $header_line
        and broken is null
        and not is_broken
        and record not in (select undecodable.record from work.undecodable)
),

headers as (
    select list_transform(fields, lambda field: cell_text(field)) as fields
    from work.field_lists
    where record = $header_line
)

select
    line_number,
    if(len(fields) = $closed_width and fields[-1] = '', fields[:-2], fields) as fields
from trimmed
where
    fields not in (select headers.fields from headers)
    and len(list_filter(fields, lambda field: field <> '')) > 0;
