-- one row a k tried
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
    lift,
    seeds_agreement,
    resampling_agreement
from k_scores
order by k;
