-- work.sources: the one row of a delivered file, once it is known how its numbers are written
update work.sources
set decimal_mark = $decimal_mark, thousands_mark = $thousands_mark, unclear_mark = $unclear_mark
where first_record = $first_record;
