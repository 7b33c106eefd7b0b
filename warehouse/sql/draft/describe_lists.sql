-- one row a column and mark that may stand between the things of a list in its cells
-- Things of a list stand in several cells and at several places; parts of an address or a name do not.
with marks as (
    select unnest($marks) as mark
),

cells as (
    select
        looks.column_number,
        marks.mark,
        looks.value,
        looks.n,
        list_filter(
            list_transform(string_split(looks.value, marks.mark), lambda part: trim(part)), lambda part: part <> ''
        ) as parts
    from work.draft_looks as looks
    cross join marks
    where looks.look in ('text', 'word') and contains(looks.value, marks.mark)
),

things as (
    select
        column_number,
        mark,
        n,
        unnest(parts) as thing,
        unnest(generate_series(1, len(parts))) as place
    from cells
),

counted as (
    select
        column_number,
        mark,
        thing,
        sum(n) as n_things,
        count(distinct place) as n_places
    from things
    group by column_number, mark, thing
),

shared as (
    select
        column_number,
        mark,
        count(*) as n_different,
        sum(n_things)::bigint as n_things,
        coalesce(sum(n_things) filter (where n_things > 1 and n_places > 1), 0)::bigint as n_shared
    from counted
    group by column_number, mark
),

sized as (
    select
        column_number,
        mark,
        sum(n)::bigint as n_cells,
        count(distinct len(parts)) as n_sizes,
        max(len(parts))::bigint as most
    from cells
    group by column_number, mark
)

select
    sized.column_number,
    sized.mark,
    sized.n_cells,
    sized.n_sizes,
    sized.most,
    shared.n_different,
    shared.n_things,
    shared.n_shared
from sized
inner join shared on sized.column_number = shared.column_number and sized.mark = shared.mark
order by sized.column_number asc, sized.n_cells desc, sized.mark asc;
