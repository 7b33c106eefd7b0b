-- one row per column with values that the model's run did not have, infrequent ones aside where it groups them
select
    own.source_column,
    list(own.label order by own.customers desc, own.label asc) as new_values
from work.value_counts as own
anti join previous.drift_bins as known
    on
        own.source_column = known.source_column
        and (
            (own.label = known.label and known.reference_customers > 0)
            or (own.is_infrequent and known.label = '(other)')
        )
where own.customers > 0 and own.label not in ('(missing)', '(none)', '(other)')
group by own.source_column
order by own.source_column;
