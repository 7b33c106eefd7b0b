-- one row: whether any line of a source has a mark of a spreadsheet that keeps digits a text
select coalesce(bool_or(
    (contains(line, '''') or contains(line, '="')) and regexp_matches(line, $marked)
), false) as is_there
from work.lines
where record between $first_record and $last_record;
