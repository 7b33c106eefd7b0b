-- one row a published table, view or column without a comment
select table_name as name
from duckdb_tables()
where database_name = 'night' and comment is null
union all
select view_name as name
from duckdb_views()
where database_name = 'night' and not internal and comment is null
union all
select table_name || '.' || column_name as name
from duckdb_columns()
where database_name = 'night' and not internal and comment is null;
