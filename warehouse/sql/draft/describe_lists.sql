-- one row per column and mark that may stand between the items of a list in its cells
-- Items of a list come in several cells and at several positions; parts of an address or a name do not.
-- What separates them and what is around them is looked at as a run does.
with marks as (
    select unnest($marks) as mark
),

cells as (
    select
        texts.column_number,
        marks.mark,
        texts.n,
        list_filter(
            list_transform(
                string_split(separable_text(texts.value, marks.mark), marks.mark), lambda part: plain_item(trim(part))
            ),
            lambda part: part <> ''
        ) as parts
    from work.draft_texts as texts
    inner join
        marks
        on contains(texts.value, marks.mark) and contains(separable_text(texts.value, marks.mark), marks.mark)
    where texts.type in ('text', 'word')
),

positions as (
    select
        column_number,
        mark,
        n,
        unnest(parts) as item,
        generate_subscripts(parts, 1) as position
    from cells
),

items as (
    select
        column_number,
        mark,
        sum(n) as n_items,
        sum(n) > 1 and count(distinct position) > 1 as is_shared
    from positions
    group by column_number, mark, item
),

shared as (
    select
        column_number,
        mark,
        sum(n_items)::bigint as n_items,
        coalesce(sum(n_items) filter (where is_shared), 0)::bigint as n_shared
    from items
    group by column_number, mark
)

select
    cells.column_number,
    cells.mark,
    sum(cells.n)::bigint as n_cells,
    count(distinct len(cells.parts)) as n_sizes,
    max(len(cells.parts))::bigint as longest,
    any_value(shared.n_items) as n_items,
    any_value(shared.n_shared) as n_shared
from cells
inner join shared on cells.column_number = shared.column_number and cells.mark = shared.mark
group by cells.column_number, cells.mark
order by cells.column_number asc, n_cells desc, cells.mark asc;
