-- one row per column: how many cells it has, how many are different, of which types they are
with typed as (
    select
        column_number,
        map(list(type), list(n_cells)) as types
    from (
        select
            column_number,
            type,
            sum(n)::bigint as n_cells
        from work.draft_texts
        group by column_number, type
    ) as counted
    group by column_number
)

select
    texts.column_number,
    sum(texts.n)::bigint as n_cells,
    any_value(typed.types) as types,
    count(distinct lower(texts.value)) filter (where texts.type not in ('empty', 'missing')) as n_different,
    count(*) filter (where texts.type not in ('empty', 'missing') and texts.n = 1) as n_once,
    coalesce(max(len(texts.value)), 0)::bigint as longest,
    count(*) filter (where regexp_full_match(texts.value, '[+-]?0[0-9]+')) as n_leading_zeros,
    coalesce(sum(texts.n) filter (where regexp_full_match(texts.value, '\S*[0-9]\S*')), 0)::bigint as n_codes,
    bit_xor(hash(texts.rows_hash)) as grouping
from work.draft_texts as texts
inner join typed on texts.column_number = typed.column_number
group by texts.column_number
order by texts.column_number;
