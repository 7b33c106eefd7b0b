-- one row a line that is both a customer and rejected, or two customers
with lines as (
    select line_number from customers
    union all
    select distinct line_number from rejected_rows
)

select
    line_number,
    count(*) as n_places
from lines
group by line_number
having count(*) > 1;
