-- work.vocabulary: one row per different value of a category, flag or items column, with its binary feature
-- binary_index numbers those features from 0 in the order of the columns, one for grouped values; a flag has no value
create or replace table work.vocabulary (
    source_column varchar,
    value varchar,
    customers bigint,
    is_infrequent boolean,
    is_grouped boolean,
    is_most_frequent boolean,
    binary_index integer
);
