-- one row: whether every dash of a column is padded as an accounting format pads it, and every number too
-- In columns that are aligned by blanks all cells are of one length, and a dash may mean anything.
with cells as (
    select fields[$column_number] as field
    from work.field_lists
)

select
    coalesce(
        bool_and(regexp_full_match(field, '\s-\s{2,}')) filter (where trim(field) = '-')
        and bool_and(regexp_full_match(field, '\s.*[\s)]')) filter (where regexp_matches(field, '[0-9]'))
        and count(distinct len(field)) filter (where regexp_matches(field, '[0-9]')) > 1,
        false
    ) as are_padded
from cells;
