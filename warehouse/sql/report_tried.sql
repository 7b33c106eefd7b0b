-- encodings: one row per encoding, the selected one first, then by silhouette gain
select
    encoding,
    n_columns,
    n_dimensions,
    k,
    silhouette,
    null_silhouette,
    silhouette_gain,
    margin,
    population_silhouette,
    population_gain,
    rows_sampled,
    chosen as is_chosen,
    reason
from encodings
order by chosen desc, silhouette_gain desc nulls last, encoding asc;
