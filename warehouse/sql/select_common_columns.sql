-- one row per column that both nights have, in the same type
select tonight.column_name
from duckdb_columns() as tonight
inner join duckdb_columns() as earlier on tonight.column_name = earlier.column_name
where
    tonight.database_name = 'night'
    and earlier.database_name = 'last_night'
    and tonight.table_name = 'customers'
    and earlier.table_name = 'customers'
    and tonight.data_type = earlier.data_type;
