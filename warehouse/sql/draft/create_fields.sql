-- work.fields: one row a record behind the header, its fields without blanks around them
-- A record of $closed_width fields has an empty one behind its last delimiter, which no header names.
-- A header that stands again further on, and a record whose quotes are broken, is no customer.
create or replace table work.fields as
with trimmed as (
    select
        record as line_number,
        list_transform(fields, lambda field: trim(field)) as fields
    from work.field_lists
    where
        record > $header_line
        and broken is null
        and not is_broken
)

select
    line_number,
    if(len(fields) = $closed_width and fields[-1] = '', fields[:-2], fields) as fields
from trimmed
where fields <> $header;
