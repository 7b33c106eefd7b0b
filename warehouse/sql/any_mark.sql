-- one row: whether any line of a source holds a mark
select coalesce(bool_or(contains(line, $mark)), false) as is_there
from work.lines
where record between $first_record and $last_record;
