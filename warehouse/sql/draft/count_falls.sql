-- one row: how often the numbers of a column fall from one record to the next
with cells as (
    select
        line_number,
        try_cast(fields[$place] as double) as v
    from work.fields
),

pairs as (
    select
        v,
        lag(v) over (order by line_number) as v_before
    from cells
    where v is not null
)

select count(*) as n_falls
from pairs
where v < v_before;
