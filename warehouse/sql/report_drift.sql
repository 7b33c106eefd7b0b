-- one row per column, and per item that is not stable, those that drifted most first; none in the run that formed the
-- model
select
    source_column,
    value,
    psi,
    level,
    reason,
    reference_date
from drift
where
    reference_date < cast($as_of as date)
    and (value is null or level <> 'stable')
order by psi desc, source_column asc, value asc nulls first
limit $at_most;
