-- work.broken_quotes: one row per line whose quotes make no sense, with the fault in words
create or replace table work.broken_quotes (
    record bigint,
    fault varchar
);
