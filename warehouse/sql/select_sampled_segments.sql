-- one row per customer at the positions given, in canonical order
select segment_id
from customer_segments
where rowid in (select unnest($positions))
order by rowid;
