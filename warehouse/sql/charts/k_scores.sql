-- one row per k tried
select
    k,
    silhouette,
    silhouette_low,
    silhouette_high,
    objective,
    smallest_segment,
    reason,
    chosen as is_chosen,
    null_silhouette,
    silhouette_gain,
    population_silhouette,
    population_gain,
    ari_seeds,
    ari_bootstrap
from k_scores
order by k;
