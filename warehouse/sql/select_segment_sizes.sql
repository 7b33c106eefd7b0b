-- one row a segment: how many customers it has
select
    segment_id,
    count(*) as customers
from customer_segments
group by segment_id
order by segment_id;
