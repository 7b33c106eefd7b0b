-- work.vocabulary: one row per different value of a category, flag or items column, with its 0/1 feature
-- mark numbers those features from 0, in the order of the columns; values that join have one mark. A flag has no value.
create or replace table work.vocabulary (
    source_column varchar,
    value varchar,
    customers bigint,
    is_rare boolean,
    is_joined boolean,
    is_most_frequent boolean,
    mark integer
);
