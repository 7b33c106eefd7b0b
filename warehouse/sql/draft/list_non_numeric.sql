-- one row per column of numbers and text in it that is not a number, the most common first
with spellings as (
    select
        column_number,
        arg_max(value, (n, value)) as value,
        bool_or(type = 'missing') as is_missing_word,
        sum(n)::bigint as n
    from work.draft_texts
    where type not in ('empty', 'number', 'amount')
    group by column_number, lower(value)
)

select
    column_number,
    value as text,
    is_missing_word,
    n
from spellings
where column_number in (select column_number from work.draft_numbers)
qualify row_number() over (partition by column_number order by n desc, value asc) <= $n_values
order by column_number asc, n desc, value asc;
