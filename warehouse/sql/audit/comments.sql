-- one row per published table, view or column without a comment
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
where
    database_name = 'night' and not internal and comment is null
    -- Of very many features segment_profile has no comments; the table features says what each is.
    and not (table_name = 'segment_profile' and column_name in (select feature from features));
