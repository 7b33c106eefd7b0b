-- customer_map: one row per customer drawn for it
insert into customer_map (customer_id, segment_id, x, y)
select
    customer_segments.customer_id,
    customer_segments.segment_id,
    _drawn.x,
    _drawn.y
from _drawn
inner join customer_segments on _drawn.position = customer_segments.rowid
order by _drawn.position;
