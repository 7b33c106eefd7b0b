-- one row per component, the strongest first
select
    component,
    variance,
    null_variance,
    description
from components
order by component;
