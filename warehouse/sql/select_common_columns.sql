-- one row per column that the customers of both runs have, in the same type
select own.column_name
from duckdb_columns() as own
inner join duckdb_columns() as earlier on own.column_name = earlier.column_name
where
    own.database_name = 'night'
    and earlier.database_name = 'previous'
    and own.table_name = 'customers'
    and earlier.table_name = 'customers'
    and own.data_type = earlier.data_type;
