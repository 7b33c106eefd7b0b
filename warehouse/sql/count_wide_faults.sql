-- one row: records of the right length, and how many of them hold a cell that is not 0 or 1
select
    count(_wide_fault) as faults,
    count(*) as n_rows
from work.records
where _n_fields = $n_fields;
