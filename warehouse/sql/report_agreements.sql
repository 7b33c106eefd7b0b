-- one row a column, the one that tells most of the segments first
select
    agreements.source_column,
    agreements.kind,
    agreements.agreement,
    agreements.is_restated,
    agreements.reason
from agreements
order by agreements.agreement desc nulls last, agreements.rowid asc;
