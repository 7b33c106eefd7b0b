-- one row per column and mark that may stand between the items of a list in its cells
-- Items of a list stand in several cells and at several positions; parts of an address or a name do not.
with marks as (
    select unnest($marks) as mark
),

cells as (
    select
        texts.column_number,
        marks.mark,
        texts.value,
        texts.n,
        list_filter(
            list_transform(string_split(texts.value, marks.mark), lambda part: trim(part)), lambda part: part <> ''
        ) as parts
    from work.draft_texts as texts
    cross join marks
    where texts.type in ('text', 'word') and contains(texts.value, marks.mark)
),

items as (
    select
        column_number,
        mark,
        n,
        unnest(parts) as item,
        unnest(generate_series(1, len(parts))) as position
    from cells
),

counted as (
    select
        column_number,
        mark,
        item,
        sum(n) as n_items,
        count(distinct position) as n_positions
    from items
    group by column_number, mark, item
),

shared as (
    select
        column_number,
        mark,
        sum(n_items)::bigint as n_items,
        coalesce(sum(n_items) filter (where n_items > 1 and n_positions > 1), 0)::bigint as n_shared
    from counted
    group by column_number, mark
),

sized as (
    select
        column_number,
        mark,
        sum(n)::bigint as n_cells,
        count(distinct len(parts)) as n_sizes,
        max(len(parts))::bigint as longest
    from cells
    group by column_number, mark
)

select
    sized.column_number,
    sized.mark,
    sized.n_cells,
    sized.n_sizes,
    sized.longest,
    shared.n_items,
    shared.n_shared
from sized
inner join shared on sized.column_number = shared.column_number and sized.mark = shared.mark
order by sized.column_number asc, sized.n_cells desc, sized.mark asc;
