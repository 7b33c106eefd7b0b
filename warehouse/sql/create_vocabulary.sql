-- work.vocabulary: one row per different value of a category, flag or items column, with its binary feature
-- binary_index numbers those features from 0, in the order of the columns; values that join have one binary_index. A flag has no value.
create or replace table work.vocabulary (
    source_column varchar,
    value varchar,
    customers bigint,
    is_rare boolean,
    is_joined boolean,
    is_most_frequent boolean,
    binary_index integer
);
