-- work.lines: one row per physical line of one delivered file, blank ones too
-- Never sniffed: no delimiter and no quote, so a line stays whole.
insert into work.lines (record, line)
select
    cast($lines_before as bigint) + row_number() over () as record,
    coalesce(line, '') as line
from read_csv(
    $path,
    columns = { 'line': 'VARCHAR' },
    delim = '',
    quote = '',
    escape = '',
    comment = '',
    header = false,
    auto_detect = false,
    new_line = '\n',
    null_padding = true,
    strict_mode = false,
    max_line_size = 16777216,
    buffer_size = 33554432
);
