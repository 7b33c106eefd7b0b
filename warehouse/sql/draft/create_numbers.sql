-- work.draft_numbers: one row a column and different number in it, under the marks that were found
create or replace table work.draft_numbers as
with plain as (
    select
        column_number,
        n,
        replace(replace(core, $thousands, ''), $decimal, '.') as digits,
        not regexp_full_match(core, $whole_number) as is_fraction
    from work.draft_looks
    where look in ('number', 'amount') and regexp_full_match(core, $written_number, 'i')
)

select
    column_number,
    try_cast(digits as double) as v,
    is_fraction,
    n
from plain
where try_cast(digits as double) is not null;
