-- one row: how often the numbers of a column fall from one record to the next
with pairs as (
    select
        v,
        lag(v) over (order by line_number) as v_before
    from (
        select
            line_number,
            try_cast(fields[$column_number] as double) as v
        from work.fields
    ) as cells
    where v is not null
)

select count(*) as n_falls
from pairs
where v < v_before;
