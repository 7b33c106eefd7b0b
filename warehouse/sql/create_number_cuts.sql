-- number_cuts: one row per number and bound midway between the means of two neighboring segments, in its own units
-- Means are those of the number as it is encoded; of one customer in $every.
create or replace temporary table number_cuts as
with means as (
    select
        encoded_numbers.source_column,
        encoded_numbers.is_log,
        avg(encoded_numbers.x) as mean
    from encoded_numbers
    inner join customer_segments on encoded_numbers._position = customer_segments.rowid
    where
        encoded_numbers._position % $every = 0
        and customer_segments.rowid % $every = 0
    group by encoded_numbers.source_column, encoded_numbers.is_log, customer_segments.segment_id
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
