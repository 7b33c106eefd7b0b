-- one row: whether the attached file has the tables of drift
select count(*) = 3
from duckdb_tables()
where
    database_name = 'previous'
    and schema_name = 'main'
    and table_name in ('drift', 'drift_bins', 'segment_drift');
