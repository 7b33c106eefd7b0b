-- repeated: one row per record whose content another record has, with its number among these in the order delivered
create or replace temporary table repeated as
with again as (
    select _content_key
    from keys
    group by _content_key
    having count(*) > 1
)

select
    _record,
    row_number() over (partition by _content_key order by _record) as _occurrence
from keys
where _content_key in (select _content_key from again);
