-- one row: bytes of a record as text, about, from one in a hundred
select coalesce(ceil(avg(strlen(cast(records as varchar)))), 1) as n_bytes
from work.records
where records._record % 100 = 1;
