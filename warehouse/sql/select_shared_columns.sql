-- one row per column that a table of the attached file has too; none where it lacks one that must have a value
with
earlier as (
    select column_name
    from duckdb_columns()
    where database_name = 'previous' and schema_name = $schema and table_name = $table
),

known as (
    select
        column_name,
        is_nullable,
        column_index,
        column_name in (from earlier) as is_shared
    from duckdb_columns()
    where
        database_name = current_database()
        and schema_name = 'history'
        and table_name = $table
        and ($schema = 'history' or column_name not in ('run_id', 'as_of'))
),

judged as (
    select
        *,
        bool_and(is_shared or is_nullable) over () as is_whole
    from known
)

select column_name
from judged
where is_shared and is_whole
order by column_index asc;
