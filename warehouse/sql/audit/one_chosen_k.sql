-- one row if not exactly one k is chosen, it is not the best one, or it is not the segments'
-- While another k is ahead and has not won yet, that of the previous run is chosen.
with chosen_scores as (
    select
        count(*) as n_chosen,
        min(k) as chosen_k,
        min(silhouette) as silhouette_of_k,
        bool_and(eligible) as is_eligible,
        min(smallest_segment) as smallest_of_k
    from k_scores
    where chosen
),

best_scores as (
    select max(silhouette) as highest
    from k_scores
    where eligible and (select max(ahead.runs_ahead) from k_scores as ahead) = 0
),

counts as (
    select
        runs.n_clusters,
        runs.silhouette,
        chosen_scores.n_chosen,
        chosen_scores.chosen_k,
        chosen_scores.silhouette_of_k,
        chosen_scores.is_eligible,
        chosen_scores.smallest_of_k,
        best_scores.highest,
        (select count(*) from segments) as n_segments,
        (select min(customers) from segments) as smallest
    from runs
    cross join chosen_scores
    cross join best_scores
    where runs.run_id = $run_id
)

select *
from counts
where
    n_chosen <> 1
    or chosen_k <> n_segments
    or n_clusters <> n_segments
    or silhouette_of_k is distinct from silhouette
    or not is_eligible
    or silhouette_of_k < highest
    or smallest_of_k is distinct from smallest;
