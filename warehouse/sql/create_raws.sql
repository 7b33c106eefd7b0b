-- work.raws: one row per record of more than one line, with its text as it was delivered
create or replace table work.raws (
    record bigint,
    last_record bigint,
    raw varchar
);
