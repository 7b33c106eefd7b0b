-- work.raws: one row a record of more than one line, of the source that is framed
insert into work.raws (record, last_record, raw)
select
    framed.record,
    framed.last_record,
    framed.raw
from work.framed
where framed.last_record > framed.record;
