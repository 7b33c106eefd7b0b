-- one row per column: its kind, and the run that formed the model
select
    source_column,
    kind,
    reference_date,
    reference_customers
from previous.drift
where value is null
order by rowid;
