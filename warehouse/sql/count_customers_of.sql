-- one row: the number of customers that came from some files
select count(*) as n
from customers
where list_contains($source_names, source_name);
