-- one row per rejected row, with all its reasons
select
    source_name,
    line_number,
    string_agg(distinct reason, '; ' order by reason) as reason,
    any_value(raw) as raw
from rejected_rows
where run_id = $run_id
group by source_name, line_number
order by source_name, line_number;
