-- work.sources: one row per delivered file; this is the next one
insert into work.sources (source_number, source_name, first_record, last_record)
select
    count(*) + 1 as source_number,
    $source_name,
    $first_record,
    $last_record
from work.sources;
