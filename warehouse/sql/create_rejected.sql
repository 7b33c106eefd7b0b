-- work.rejected: one row per rejected record and reason, until the published table is filled
create or replace table work.rejected (
    record bigint,
    column_name varchar,
    code varchar,
    value varchar,
    reason varchar
);
