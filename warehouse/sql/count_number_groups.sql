-- one row per number, group of its values between two cuts of number_cuts and segment, of one customer in $every
with bounds as (
    select
        source_column,
        cut as low,
        lead(cut, 1, 'inf'::double) over (partition by source_column order by cut) as high
    from number_cuts
    union all
    select
        source_column,
        '-inf'::double as low,
        min(cut) as high
    from number_cuts
    group by source_column
),

sampled as (
    select
        number_values.source_column,
        customer_segments.segment_id,
        coalesce(
            number_values.v,
            case
                when features.is_log then sign(features.imputed) * (exp(abs(features.imputed)) - 1)
                else features.imputed
            end
        ) as v
    from number_values
    inner join customer_segments on number_values._position = customer_segments.rowid
    inner join features on number_values.source_column = features.source_column
    where
        number_values._position % $every = 0
        and customer_segments.rowid % $every = 0
        and features.encoding = 'standardized'
)

select
    sampled.source_column,
    bounds.low,
    sampled.segment_id,
    count(*) as customers
from sampled
inner join bounds
    on
        sampled.source_column = bounds.source_column
        and sampled.v > bounds.low
        and sampled.v <= bounds.high
group by sampled.source_column, bounds.low, sampled.segment_id
order by sampled.source_column, bounds.low, sampled.segment_id;
