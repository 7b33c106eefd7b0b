-- one row: whether every double quote in the lines of a source is doubled, and there is one
select
    coalesce(
        bool_or(contains(line, '""')) and not bool_or(contains(replace(line, '""', ''), '"')), false
    ) as is_doubled
from work.lines
where record between $first_record and $last_record;
