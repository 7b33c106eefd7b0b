-- one row per customer whose second segment is nearer than its own, or is its own
select customer_id
from customer_segments
where
    second_distance < distance
    or second_segment_id = segment_id
    or (second_segment_id is null) <> (second_distance is null);
