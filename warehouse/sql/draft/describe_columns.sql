-- one row a column: how many cells it has, how many are different, what they look like
select
    column_number,
    sum(n)::bigint as n_cells,
    coalesce(sum(n) filter (where look = 'empty'), 0)::bigint as n_empty,
    coalesce(sum(n) filter (where look = 'missing'), 0)::bigint as n_missing,
    coalesce(sum(n) filter (where look = 'number'), 0)::bigint as n_numbers,
    coalesce(sum(n) filter (where look = 'amount'), 0)::bigint as n_amounts,
    coalesce(sum(n) filter (where look = 'instant'), 0)::bigint as n_instants,
    coalesce(sum(n) filter (where look = 'link'), 0)::bigint as n_links,
    coalesce(sum(n) filter (where look = 'e-mail'), 0)::bigint as n_mails,
    coalesce(sum(n) filter (where look = 'uuid'), 0)::bigint as n_uuids,
    coalesce(sum(n) filter (where look = 'phone'), 0)::bigint as n_phones,
    coalesce(sum(n) filter (where look = 'text'), 0)::bigint as n_texts,
    count(distinct lower(value)) filter (where look not in ('empty', 'missing')) as n_different,
    count(*) filter (where look not in ('empty', 'missing') and n = 1) as n_once,
    coalesce(max(len(value)), 0)::bigint as longest,
    count(*) filter (where regexp_full_match(value, '[+-]?0[0-9]+')) as n_leading_zeros,
    coalesce(sum(n) filter (where regexp_full_match(value, '\S*[0-9]\S*')), 0)::bigint as n_codes,
    bit_xor(hash(rows_hash)) as grouping
from work.draft_looks
group by column_number
order by column_number;
