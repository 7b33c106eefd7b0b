-- work.sources: one row per delivered file, with the keys of its first and last line and how its numbers are written
create or replace table work.sources (
    source_number integer,
    source_name varchar,
    first_record bigint,
    last_record bigint,
    decimal_mark varchar,
    thousands_mark varchar,
    unclear_mark varchar
);
