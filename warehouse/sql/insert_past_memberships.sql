-- past_memberships: one row per customer and period in a segment that has ended
insert into past_memberships (customer_id, segment_id, valid_from, valid_to)
select
    customer_id,
    segment_id,
    valid_from,
    valid_to
from previous.past_memberships
where valid_to > $first_day
union all
select
    earlier.customer_id,
    earlier.segment_id,
    earlier.segment_since as valid_from,
    cast($as_of as date) as valid_to
from previous.customer_segments as earlier
left join customer_segments on earlier.customer_id = customer_segments.customer_id
where
    earlier.segment_since is not null
    and customer_segments.segment_id is distinct from earlier.segment_id
order by valid_to, customer_id;
