-- work.undecodable: one row per line of one delivered file with undecodable bytes
insert into work.undecodable (record, found)
select
    cast($lines_before as bigint) + line_number as record,
    found
from read_csv(
    $path,
    columns = { 'line_number': 'BIGINT', 'found': 'VARCHAR' },
    header = false,
    auto_detect = false,
    delim = ',',
    quote = '',
    escape = '',
    new_line = '\n'
);
