-- work.sources: the one row of a delivered file, once it is known how it is written
update work.sources
set
    header_lines = $header_lines,
    blank_lines = $blank_lines,
    comment_lines = $comment_lines,
    decimal_mark = $decimal_mark,
    thousands_mark = $thousands_mark,
    unclear_mark = $unclear_mark
where first_record = $first_record;
