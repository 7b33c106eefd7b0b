-- work.k_nulls: one row a k, with its silhouette on permuted columns in the encoding taken, and the lift above it
create or replace table work.k_nulls (
    k bigint,
    null_silhouette double,
    lift double
);
