-- one row per column and text before or after its numbers, with how many cells have it and one of them
select
    column_number,
    before,
    after,
    sum(n)::bigint as n,
    arg_max(value, (n, value)) as example
from work.draft_texts
where type = 'amount'
group by column_number, before, after
order by column_number, before, after;
