-- segment_moves: one row per segment of the previous run and segment of this run that have customers in common
select
    previous_segment_id as from_segment_id,
    segment_id as to_segment_id,
    count(*) as customers
from customer_segments
where segment_since is not null
group by previous_segment_id, segment_id
union all
select
    segment_id as from_segment_id,
    null as to_segment_id,
    count(*) as customers
from past_memberships
where
    valid_to = (
        select max(lifetimes.last_seen)
        from segment_lifetimes as lifetimes
        inner join segments on lifetimes.segment_id = segments.segment_id
    )
    and customer_id not in (select customer_segments.customer_id from customer_segments)
group by segment_id
order by from_segment_id nulls last, to_segment_id nulls last;
