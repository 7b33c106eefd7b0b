-- work.draft_numbers: one row per column and different number in it, null where its marks are not those that were found
-- Where a column has several multipliers, K and M, each of its numbers is multiplied by its own.
create or replace table work.draft_numbers as
with plain as (
    select
        column_number,
        value,
        n,
        plain_number(core || if(list_contains($scaled, column_number), power_of(after), '')) as digits
    from work.draft_texts
    where type in ('number', 'amount')
)

select
    column_number,
    value,
    try_cast(digits as double) as v,
    not regexp_full_match(digits, '[+-]?[0-9]+') as is_fraction,
    n
from plain;
