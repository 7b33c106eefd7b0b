-- one row a column and frequent text in it, the commonest first; spellings that differ by case alone are one
-- Of a column of very many texts only those that come again are compared, and a few others.
with sizes as (
    select
        column_number,
        count(*) as n_texts
    from work.draft_looks
    group by column_number
),

candidates as (
    select
        looks.column_number,
        looks.value,
        looks.look,
        looks.n
    from work.draft_looks as looks
    inner join sizes on looks.column_number = sizes.column_number
    where
        looks.look <> 'empty'
        and (looks.n > 1 or sizes.n_texts <= 10000 or hash(looks.value) % (sizes.n_texts // 1000) = 0)
),

spellings as (
    select
        column_number,
        look,
        arg_max(value, (n, value)) as value,
        sum(n)::bigint as n
    from candidates
    group by column_number, look, lower(value)
)

select
    column_number,
    value,
    look = 'missing' as is_missing_word,
    n
from spellings
qualify row_number() over (partition by column_number order by n desc, value asc) <= $n_values
order by column_number asc, n desc, value asc;
