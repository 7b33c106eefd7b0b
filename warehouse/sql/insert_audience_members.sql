-- audience_members of the amended file: one row per customer of the audience
-- The control group is drawn by hash, so that the same audience, seed and customers give the same group anywhere.
insert into amended.audience_members
select
    audiences.audience,
    customer_segments.customer_id,
    row_number() over (
        order by md5(concat_ws('|', audiences.seed, audiences.audience, customer_segments.customer_id))
    ) <= audiences.control_customers as is_control
from amended.customer_segments as customer_segments
inner join amended.audiences as audiences on customer_segments.segment_id = audiences.segment_id
where audiences.audience = $audience
order by customer_segments.customer_id;
