-- one row: customers who stayed in their segment since the previous run, who moved, who are new and who are gone
select
    count(*) filter (where customer_segments.segment_id = customer_segments.previous_segment_id) as stayed,
    count(*) filter (where customer_segments.segment_id <> customer_segments.previous_segment_id) as moved,
    count(*) filter (where customer_segments.previous_segment_id is null) as new,
    (
        select count(*)
        from past_memberships
        where
            past_memberships.valid_to = cast($as_of as date)
            and past_memberships.customer_id not in (select present.customer_id from customer_segments as present)
    ) as gone
from customer_segments;
