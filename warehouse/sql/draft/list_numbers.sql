-- one row per column and different number in it: its text, its cells, and whether its column holds whole numbers alone
-- Marks group the digits of whole numbers where all of them stand before three digits, and smaller numbers have none:
-- decimals would be cut in some rows, or filled up in whole numbers as well. A comma that was quoted groups them.
with numbers as (
    select
        column_number,
        n,
        core as text,
        ltrim(core, '+-') as digits
    from work.draft_texts
    where type in ('number', 'amount') and list_contains($column_numbers, column_number)
),

columns as (
    select
        column_number,
        coalesce(sum(n) filter (where len(digits) <= 3), 0) >= 3 as has_smaller,
        coalesce(sum(n) filter (where len(digits) > 3), 0) >= 3 as has_grouped,
        bool_or(contains(digits, '.')) as has_points,
        bool_and(
            regexp_full_match(digits, '[0-9]{1,3}|[1-9][0-9]{0,2}((,[0-9]{3})+|(\.[0-9]{3})+)')
        ) as is_whole
    from numbers
    group by column_number
)

select
    numbers.text,
    numbers.n,
    columns.is_whole
    and ((columns.has_smaller and columns.has_grouped) or ($is_comma_quoted and not columns.has_points)) as is_whole
from numbers
inner join columns on numbers.column_number = columns.column_number;
