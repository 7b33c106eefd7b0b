-- one row per column: the distribution of its numbers, sentinels aside
-- One number far off makes any column skewed, so the skewness leaves out a thousandth, and at least one, at each end.
with counted as (
    select
        numbers.column_number,
        numbers.v,
        sum(numbers.n) as n,
        bool_or(numbers.is_fraction) as is_fraction
    from work.draft_numbers as numbers
    anti join work.draft_sentinels as sentinels
        on numbers.column_number = sentinels.column_number and numbers.v = sentinels.v
    where numbers.v is not null
    group by numbers.column_number, numbers.v
),

ranked as (
    select
        *,
        sum(n) over (partition by column_number order by v) as n_up_to,
        sum(n) over (partition by column_number) as n_all
    from counted
),

ends as (
    select
        *,
        greatest(1, floor(0.001 * n_all)) as n_end
    from ranked
),

trimmed as (
    select
        *,
        greatest(0, least(n_up_to, n_all - n_end) - greatest(n_up_to - n, n_end)) as n_within
    from ends
),

centered as (
    select
        *,
        v - sum(n_within * v) over (partition by column_number)
        / nullif(sum(n_within) over (partition by column_number), 0) as d
    from trimmed
)

select
    column_number,
    sum(n)::bigint as n_numbers,
    count(*) as n_different,
    bool_or(is_fraction) as has_fractions,
    bool_and(v = trunc(v)) as is_whole,
    min(v) as lowest,
    max(v) as highest,
    sum(n * v) / sum(n) as mean,
    coalesce(
        (sum(n_within * d * d * d) / sum(n_within))
        / nullif(pow(sum(n_within * d * d) / nullif(sum(n_within), 0), 1.5), 0), 0
    ) as skewness,
    arg_min({ 'v': v, 'n': n::bigint }, v, 3) as lowest_values,
    arg_max({ 'v': v, 'n': n::bigint }, v, 3) as highest_values
from centered
group by column_number
order by column_number;
