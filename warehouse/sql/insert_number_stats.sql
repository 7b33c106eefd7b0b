-- number_stats: one row per segment, of the number $source_column
-- Of one number both tables have one row per customer, in canonical order.
insert into number_stats
select
    customer_segments.segment_id,
    $source_column,
    count(*) as n_known,
    avg(number.v) as mean,
    quantile_cont(number.v, [0.25, 0.5, 0.75]) as quartiles,
    stddev_pop(number.v) as std,
    min(number.v) as min,
    max(number.v) as max
from (
    select v
    from number_values
    where source_column = $source_column
) as number
positional join customer_segments
where number.v is not null
group by customer_segments.segment_id;
