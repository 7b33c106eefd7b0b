-- one row per table and view of the published file: its schema and name, those of this run first
select
    table_schema as schema_name,
    table_name
from information_schema.tables
where table_catalog = current_database() and table_schema in ('main', 'history')
order by table_schema desc, table_name asc;
