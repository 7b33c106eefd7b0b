-- Why are there so many segments and no more? One row per number of segments that was tried.
select
    k,
    round(silhouette, 3) as silhouette,
    smallest_segment,
    chosen,
    reason
from k_scores
order by k;
