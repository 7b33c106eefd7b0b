-- one row per segment: how many customers it has, how stable it is, and what it was in the previous run
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
    numbered.stability,
    numbered.previous_customers,
    numbered.first_seen
from sizes
inner join work.numbered_segments as numbered on sizes.segment_id = numbered.segment_id
order by sizes.segment_id;
