-- one row per column and bin of values of this run
select
    source_column,
    if(is_grouped, '(other)', label) as label,
    sum(customers)::bigint as reference_customers,
    sum(customers)::bigint as customers
from work.value_counts
group by source_column, if(is_grouped, '(other)', label)
order by source_column asc, reference_customers desc, label asc;
