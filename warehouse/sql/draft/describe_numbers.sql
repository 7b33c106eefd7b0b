-- one row a column: the distribution of its numbers, sentinels aside
with counted as (
    select
        numbers.column_number,
        numbers.v,
        sum(numbers.n) as n,
        bool_or(numbers.is_fraction) as is_fraction
    from work.draft_numbers as numbers
    anti join work.draft_sentinels as sentinels
        on numbers.column_number = sentinels.column_number and numbers.v = sentinels.v
    group by numbers.column_number, numbers.v
),

centred as (
    select
        *,
        v - sum(n * v) over (partition by column_number) / sum(n) over (partition by column_number) as d
    from counted
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
    sqrt(sum(n * d * d) / sum(n)) as std,
    coalesce(
        (sum(n * d * d * d) / sum(n)) / nullif(pow(sum(n * d * d) / sum(n), 1.5), 0), 0
    ) as skewness,
    arg_min({ 'v': v, 'n': n::bigint }, v, 3) as lowest_values,
    arg_max({ 'v': v, 'n': n::bigint }, v, 3) as highest_values
from centred
group by column_number
order by column_number;
