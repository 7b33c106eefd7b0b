-- one row per customer of the map, in canonical order
select
    x,
    y,
    segment_id
from customer_map
order by rowid;
