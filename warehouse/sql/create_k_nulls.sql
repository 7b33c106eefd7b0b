-- work.k_nulls: one row per k, with the silhouettes of the null model and of one population in the selected encoding,
-- and the gains over them
create or replace table work.k_nulls (
    k bigint,
    null_silhouette double,
    silhouette_gain double,
    population_silhouette double,
    population_gain double
);
