-- work.k_nulls: one row per k, with the silhouette of the null model in the selected encoding, and the gain over it
create or replace table work.k_nulls (
    k bigint,
    null_silhouette double,
    silhouette_gain double
);
