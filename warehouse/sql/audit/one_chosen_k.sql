-- one row if not exactly one k is chosen, or it is not the number of segments
with chosen_scores as (
    select
        count(*) as n_chosen,
        min(k) as chosen_k,
        min(silhouette) as silhouette_of_k
    from k_scores
    where chosen
),

counts as (
    select
        runs.n_clusters,
        runs.silhouette,
        chosen_scores.n_chosen,
        chosen_scores.chosen_k,
        chosen_scores.silhouette_of_k,
        (select count(*) from segments) as n_segments
    from runs
    cross join chosen_scores
    where runs.run_id = $run_id
)

select *
from counts
where
    n_chosen <> 1
    or chosen_k <> n_segments
    or n_clusters <> n_segments
    or silhouette_of_k is distinct from silhouette;
