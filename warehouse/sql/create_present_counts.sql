-- present_counts: one row per segment, tier, binary feature and range of customers: how many of them have it
create or replace temporary table present_counts (
    segment_id bigint,
    gradient_tier bigint,
    source_column varchar,
    v varchar,
    n_present bigint
);
