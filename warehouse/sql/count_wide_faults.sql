-- one row: records of the right length, and how many of them hold a cell that is not 0 or 1
select
    count(case when _fault = 'not_zero_or_one' then 1 end) as faults,
    count(*) as n_rows
from work.first_records
where _n_fields = $n_fields;
