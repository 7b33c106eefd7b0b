-- one row: whether any line of a source contains a text
select coalesce(bool_or(contains(line, $text)), false) as is_there
from work.lines
where record between $first_record and $last_record;
