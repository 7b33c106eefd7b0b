-- one row per rejected row and reason; cells that a spreadsheet would run as a formula get a quote before them
select
    source_name,
    line_number,
    column_name,
    code,
    case when regexp_matches(value, '^''*[=+\-@\t\r]') then '''' || value else value end as value,
    case when regexp_matches(reason, '^''*[=+\-@\t\r]') then '''' || reason else reason end as reason,
    case when regexp_matches(raw, '^''*[=+\-@\t\r]') then '''' || raw else raw end as raw
from rejected_rows
order by source_name, line_number, column_name, code
