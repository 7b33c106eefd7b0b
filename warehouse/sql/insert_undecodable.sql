-- work.undecodable: one row a line of one delivered file that holds bytes which are no text
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
