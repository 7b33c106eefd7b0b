-- one row per column and bin of values of the model's run, with the customers now
-- A value that it did not have is one of (other), where there is such a bin, else (unknown).
with known as (
    select
        bins.source_column,
        bins.label,
        bins.reference_customers
    from previous.drift_bins as bins
    inner join previous.drift as measured on bins.source_column = measured.source_column
    where
        measured.kind <> 'numeric' and measured.value is null
        and (bins.reference_customers > 0 or bins.label <> '(unknown)')
),

placed as (
    select
        own.source_column,
        case
            when known.label is not null or own.label in ('(missing)', '(none)') then own.label
            when grouped.label is not null then grouped.label
            else '(unknown)'
        end as label,
        sum(own.customers)::bigint as customers
    from work.value_counts as own
    left join known on own.source_column = known.source_column and own.label = known.label
    left join known as grouped on own.source_column = grouped.source_column and grouped.label = '(other)'
    group by all
)

select
    coalesce(placed.source_column, known.source_column) as source_column,
    coalesce(placed.label, known.label) as label,
    coalesce(known.reference_customers, 0) as reference_customers,
    coalesce(placed.customers, 0) as customers
from placed
full join known on placed.source_column = known.source_column and placed.label = known.label
order by source_column asc, reference_customers desc, label asc;
