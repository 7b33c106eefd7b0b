-- one row per column and frequent text in it, the most common first; spellings that differ by case alone are one
-- Of a column of very many texts only those that come again are compared, and a few others.
with sizes as (
    select
        column_number,
        count(*) as n_texts
    from work.draft_texts
    group by column_number
),

candidates as (
    select
        texts.column_number,
        texts.value,
        texts.type,
        texts.n
    from work.draft_texts as texts
    inner join sizes on texts.column_number = sizes.column_number
    where
        texts.type <> 'empty'
        and (texts.n > 1 or sizes.n_texts <= 10000 or hash(texts.value) % (sizes.n_texts // 1000) = 0)
),

spellings as (
    select
        column_number,
        type,
        arg_max(value, (n, value)) as value,
        sum(n)::bigint as n
    from candidates
    group by column_number, type, lower(value)
)

select
    column_number,
    value as text,
    type = 'missing' as is_missing_word,
    n
from spellings
qualify row_number() over (partition by column_number order by n desc, value asc) <= $n_values
order by column_number asc, n desc, value asc;
