-- one row per segment whose size or share is not that of its customers
with counted as (
    select
        segment_id,
        count(*) as n_customers,
        count(*) / sum(count(*)) over () as counted_share
    from customer_segments
    group by segment_id
)

select
    segments.segment_id,
    segments.customers,
    counted.n_customers,
    segments.share,
    counted.counted_share
from segments
left join counted on segments.segment_id = counted.segment_id
where
    counted.n_customers is distinct from segments.customers
    or abs(counted.counted_share - segments.share) > 1e-9;
