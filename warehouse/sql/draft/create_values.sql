-- work.draft_values: one row per column and different text in it, with how often it stands there and a hash of where
-- Fields of a list are all in its column; those after it count from the right. Of very many records every
-- step-th is profiled.
create or replace table work.draft_values as
with records as (
    select
        line_number,
        fields,
        len(fields) as n_fields
    from work.fields
    where
        line_number % $step = 0
        and (len(fields) = $n_columns or ($list_column > 0 and len(fields) > $n_columns))
),

cells as (
    select
        line_number,
        n_fields,
        unnest(generate_series(1, n_fields)) as place,
        unnest(fields) as value
    from records
),

placed as (
    select
        line_number,
        value,
        case
            when $list_column = 0 or place < $list_column then place
            when place > n_fields - ($n_columns - $list_column) then place - n_fields + $n_columns
            else $list_column
        end as column_number
    from cells
)

select
    column_number,
    value,
    count(*) as n,
    bit_xor(hash(line_number)) as rows_hash
from placed
group by column_number, value;
