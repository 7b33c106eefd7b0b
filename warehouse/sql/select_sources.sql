-- one row per delivered file, in the order of their records
select
    source_name,
    first_record,
    last_record,
    decimal_mark,
    thousands_mark,
    unclear_mark
from work.sources
order by first_record;
