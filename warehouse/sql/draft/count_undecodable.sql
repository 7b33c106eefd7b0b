-- one row: how many lines there are, and how many of them hold bytes which are no text
with lines as (
    select count(*) as n_lines
    from work.lines
)

select
    max(lines.n_lines) as n_lines,
    count(undecodable.record) as n_undecodable,
    min(undecodable.record) as first,
    arg_min(undecodable.found, undecodable.record) as found
from lines
left join work.undecodable on true;
