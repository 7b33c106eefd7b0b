-- one row per column or item, those that drifted most first; none in the run that formed the model
select
    source_column,
    value,
    psi,
    level,
    reason,
    reference_date
from drift
where reference_date < cast($as_of as date)
order by psi desc, source_column asc, value asc nulls first
limit $at_most;
