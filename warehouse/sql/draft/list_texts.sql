-- one row per column and frequent text in it, the most common first; spellings that differ by case alone are one
-- Of a column of very many texts only those that come again are compared, and a few others.
with sizes as (
    select
        column_number,
        count(*) as n_texts
    from work.draft_texts
    group by column_number
),

spellings as (
    select
        texts.column_number,
        texts.type,
        arg_max(texts.value, (texts.n, texts.value)) as text,
        sum(texts.n)::bigint as n
    from work.draft_texts as texts
    inner join sizes on texts.column_number = sizes.column_number
    where
        not list_contains($left_out, texts.type)
        and (texts.n > 1 or sizes.n_texts <= 10000 or hash(texts.value) % (sizes.n_texts // 1000) = 0)
    group by texts.column_number, texts.type, lower(texts.value)
)

select
    column_number,
    text,
    type = 'missing' as is_missing_word,
    n
from spellings
qualify row_number() over (partition by column_number order by n desc, text asc) <= $n_values
order by column_number asc, n desc, text asc;
