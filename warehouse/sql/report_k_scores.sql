-- one row a k tried
select
    k,
    silhouette,
    silhouette_low,
    silhouette_high,
    objective,
    smallest_segment,
    reason,
    chosen as is_chosen
from k_scores
order by k;
