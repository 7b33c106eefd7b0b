-- one row per segment: how many customers it has, and how stable it is
with sizes as (
    select
        segment_id,
        count(*) as customers
    from customer_segments
    group by segment_id
)

select
    sizes.segment_id,
    sizes.customers,
    segment_stability.stability
from sizes
left join work.segment_stability as segment_stability on sizes.segment_id = segment_stability.segment_id
order by sizes.segment_id;
