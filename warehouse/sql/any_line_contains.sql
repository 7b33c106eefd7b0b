-- one row: whether any line of a source, or any record of several lines, contains a text
select coalesce(bool_or(contains(line, $text)), false) as is_there
from (
    select line from work.lines
    where record between $first_record and $last_record
    union all
    select raw from work.raws
    where record between $first_record and $last_record
) as lines;
