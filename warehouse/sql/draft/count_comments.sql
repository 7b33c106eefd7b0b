-- one row: how many lines below the header begin with the mark of comments
select count(*) as n_lines
from work.lines
where record > $header_line and starts_with(line, $comment);
