-- number_cuts: one row a number and bound halfway between the means of two segments, neighbours in it, in its own units
-- Means are those of the number as it is encoded; of one customer in $every.
create or replace temporary table number_cuts as
with sampled as (
    select
        number_values.source_column,
        customer_segments.segment_id,
        features.is_log,
        features.imputed,
        -- Of a null and a number least and greatest are the number.
        case
            when number_values.v is not null
                then greatest(least(number_values.v, features.clip_high), features.clip_low)
        end as v
    from number_values
    inner join customer_segments on number_values._position = customer_segments.rowid
    inner join features on number_values.source_column = features.source_column
    where
        number_values._position % $every = 0
        and customer_segments.rowid % $every = 0
        and features.encoding = 'standardised'
),

means as (
    select
        source_column,
        is_log,
        avg(
            case
                when v is null then imputed
                when is_log then sign(v) * ln(1 + abs(v))
                else v
            end
        ) as mean
    from sampled
    group by source_column, is_log, segment_id
),

halfway as (
    select
        source_column,
        is_log,
        (mean + lead(mean) over (partition by source_column order by mean)) / 2 as x
    from means
)

select distinct
    source_column,
    case when is_log then sign(x) * (exp(abs(x)) - 1) else x end as cut
from halfway
where x is not null;
