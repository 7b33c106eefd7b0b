-- What has changed about our customers since the segments were formed? One row per column or item.
select
    source_column,
    value,
    round(psi, 3) as psi,
    level,
    reason,
    reference_date
from drift
order by psi desc nulls last
limit 50;
