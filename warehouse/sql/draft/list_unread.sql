-- one row per column with numbers that cannot be read under the marks that were found: one of them, and their cells
select
    column_number,
    arg_max(value, (n, value)) as text,
    sum(n)::bigint as n
from work.draft_numbers
where v is null
group by column_number;
