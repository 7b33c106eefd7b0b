-- one row: whether work.framed is a view or a table; null where it is neither
select max(case when table_type = 'VIEW' then 'VIEW' else 'TABLE' end) as kind
from information_schema.tables
where table_catalog = 'work' and table_name = 'framed';
