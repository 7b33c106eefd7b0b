-- work.without_value: one row per category, flag or items column, with the customers who have no value in it
create or replace table work.without_value (
    source_column varchar,
    label varchar,
    customers bigint
);
