-- one row: whether any line of a source has a mark of a spreadsheet that keeps digits a text
with suspects as (
    select line
    from work.lines
    where record between $first_record and $last_record and (contains(line, '''') or contains(line, '="'))
)

select count(*) > 0 as is_there
from suspects
where regexp_matches(line, $marked);
