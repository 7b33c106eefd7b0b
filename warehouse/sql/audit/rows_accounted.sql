-- one row if the records read are not the customers loaded and the records rejected
select
    rows_read,
    rows_loaded,
    rows_rejected,
    (select count(*) from work.records) as n_records,
    (select count(distinct source_name || ':' || cast(line_number as varchar)) from rejected_rows) as n_rejected
from runs
where
    run_id = $run_id
    and (
        rows_read <> rows_loaded + rows_rejected
        or rows_read <> (select count(*) from work.records)
        or rows_rejected <> (
            select count(distinct source_name || ':' || cast(line_number as varchar)) from rejected_rows
        )
    );
