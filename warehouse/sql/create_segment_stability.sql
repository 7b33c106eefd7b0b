-- work.segment_stability: one row per segment whose stability is known
create or replace table work.segment_stability (
    segment_id bigint,
    stability double
);
