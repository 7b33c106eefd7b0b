-- one row: whether the attached file has the tables that the history goes on from
select count(*) = 3
from duckdb_tables()
where database_name = 'previous' and table_name in ('models', 'segment_lifetimes', 'past_memberships');
