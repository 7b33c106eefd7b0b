-- work.lines: one row a physical line of the delivered file, blank ones too
-- Never sniffed: the delimiter is NUL, which the copy is known not to hold, so a line stays whole.
create or replace table work.lines as
select
    row_number() over () as line_number,
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
    max_line_size = 16777216
);
