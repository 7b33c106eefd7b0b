-- column_associations: one row per column, the one that predicts the segments best first
select
    column_associations.source_column,
    column_associations.kind,
    column_associations.association,
    column_associations.is_redundant,
    column_associations.reason
from column_associations
order by column_associations.association desc nulls last, column_associations.rowid asc;
