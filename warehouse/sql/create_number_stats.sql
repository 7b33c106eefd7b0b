-- number_stats: one row per segment and number, in the units of the source column; null where no customer has a value
create or replace temporary table number_stats (
    segment_id bigint,
    source_column varchar,
    n_known bigint,
    mean double,
    quartiles double[],
    std double,
    min double,
    max double
);
