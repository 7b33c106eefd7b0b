-- one row per column whose bins do not add up to its customers, its shares or its index, or that has none
with summed as (
    select
        source_column,
        sum(reference_customers) as reference_customers,
        sum(customers) as customers,
        sum(reference_share) as reference_share,
        sum(share) as share,
        sum(psi) as psi
    from drift_bins
    group by source_column
),

measured as (
    select
        source_column,
        kind,
        psi,
        reference_customers
    from drift
    where value is null
),

fitted as (
    select distinct source_column
    from features
)

select
    coalesce(measured.source_column, summed.source_column) as source_column,
    measured.psi,
    summed.psi as psi_of_bins,
    summed.share,
    summed.customers
from measured
full join summed on measured.source_column = summed.source_column
where
    measured.source_column is null
    or summed.source_column is null
    or abs(summed.share - 1) > 1e-9
    or abs(summed.reference_share - 1) > 1e-9
    or abs(summed.psi - measured.psi) > 1e-9 * (1 + measured.psi)
    or (measured.kind <> 'items' and summed.customers <> (select count(*) from customers))
    or (measured.kind <> 'items' and summed.reference_customers <> measured.reference_customers)
union all
select
    source_column,
    null as psi,
    null as psi_of_bins,
    null as share,
    null as customers
from fitted
anti join measured on fitted.source_column = measured.source_column;
