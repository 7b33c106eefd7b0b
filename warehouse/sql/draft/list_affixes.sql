-- one row a column and text before or after its numbers
select
    column_number,
    before,
    after,
    sum(n)::bigint as n
from work.draft_looks
where look = 'amount'
group by column_number, before, after
order by column_number asc, n desc, before asc, after asc;
