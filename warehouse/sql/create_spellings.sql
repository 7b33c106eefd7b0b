-- work.spellings: one row per value that is replaced by another spelling of it
create or replace table work.spellings (
    column_name varchar,
    value varchar,
    spelling varchar
);
