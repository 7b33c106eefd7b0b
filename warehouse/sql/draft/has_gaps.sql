-- one row: whether a cell of any record is empty, or a record may be a line drawn of dashes
select coalesce(bool_or(list_contains(fields, '') or regexp_matches(fields[1], '^[-=_+]{2}')), false) as has_gaps
from work.fields;
