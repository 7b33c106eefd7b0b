-- work.reference_means: one row per segment and feature whose mean in an earlier run of the model is known
create or replace table work.reference_means (
    segment_id bigint,
    feature varchar,
    reference_date date,
    reference_mean double
);
