-- work.undecodable: one row a line that holds bytes which are no text
create or replace table work.undecodable (
    record bigint,
    found varchar
);
