-- one row per line that is both a customer and rejected, or two customers
with lines as (
    select
        source_name,
        line_number
    from customers
    union all
    select distinct
        source_name,
        line_number
    from rejected_rows
)

select
    source_name,
    line_number,
    count(*) as n_places
from lines
group by source_name, line_number
having count(*) > 1;
