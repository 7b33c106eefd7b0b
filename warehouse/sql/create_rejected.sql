-- work.rejected: one row a refused record and reason, until the night's own table is filled
create or replace table work.rejected (
    record bigint,
    column_name varchar,
    code varchar,
    value varchar,
    reason varchar
);
