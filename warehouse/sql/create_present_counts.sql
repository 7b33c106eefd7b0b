-- present_counts: one row per segment, binary feature and range of customers: how many of them have it
create or replace temporary table present_counts (
    segment_id bigint,
    source_column varchar,
    v varchar,
    n_present bigint
);
