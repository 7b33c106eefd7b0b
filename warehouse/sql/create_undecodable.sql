-- work.undecodable: one row per line with undecodable bytes
create or replace table work.undecodable (
    record bigint,
    found varchar
);
