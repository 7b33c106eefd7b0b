-- one row per column that holds the number 0: in how many rows, and a hash of which
select
    column_number,
    sum(n)::bigint as n,
    bit_xor(rows_hash) as rows_hash
from work.draft_texts
where type = 'number' and try_cast(core as double) = 0
group by column_number;
