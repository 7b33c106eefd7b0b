-- one row per number and bin in the model's run, in their order
select
    bins.source_column,
    bins.label,
    bins.low,
    bins.high,
    bins.reference_customers
from previous.drift_bins as bins
inner join previous.drift as measured on bins.source_column = measured.source_column
where measured.kind = 'numeric'
order by bins.rowid;
