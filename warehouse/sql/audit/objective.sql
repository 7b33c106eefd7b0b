-- one row if J = sum(distance^2) / n of the customers is not the objective of the run
with computed as (
    select
        runs.objective,
        (
            select min(k_scores.objective) from k_scores
            where k_scores.k = runs.n_clusters
        ) as objective_of_k,
        (select avg(distance * distance) from customer_segments) as mean_square
    from runs
    where runs.run_id = $run_id
)

select *
from computed
where
    mean_square is null
    or objective is null
    or objective_of_k is distinct from objective
    or abs(mean_square - objective) > 1e-9 * (1 + objective);
