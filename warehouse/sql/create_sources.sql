-- work.sources: one row per delivered file: the keys of its first and last line, the lines that are no records, and
-- how its numbers are written
create or replace table work.sources (
    source_number integer,
    source_name varchar,
    first_record bigint,
    last_record bigint,
    header_lines bigint,
    blank_lines bigint,
    comment_lines bigint,
    decimal_mark varchar,
    thousands_mark varchar,
    unclear_mark varchar
);
