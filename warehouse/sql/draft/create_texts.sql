-- work.draft_texts: one row per column and different text in it, with its type
-- A number may stand between a sign of currency and a unit: its digits are the core, read as a run reads them.
create or replace table work.draft_texts as
with seen as (
    select
        column_number,
        value,
        n,
        rows_hash,
        list_contains($missing_words, lower(value)) or regexp_full_match(value, $too_narrow) as is_missing,
        regexp_matches(value, '[0-9]') and regexp_full_match(value, $number, 'i') as is_plain,
        len(value) <= 60 and regexp_matches(value, '[\p{Nd}\p{Pd}\x{2212}]') as may_be_number
    from work.draft_values
),

written as (
    select
        *,
        if(may_be_number and not is_missing, written_of(value), null) as digits
    from seen
),

parted as (
    select
        *,
        if(regexp_full_match(digits, $simple), digits, '') as core,
        if(regexp_full_match(digits, $simple) and value <> digits, signs_of(value), null) as signs
    from written
),

split as (
    select
        *,
        coalesce(struct_extract(signs, 'before'), '') as before,
        coalesce(struct_extract(signs, 'after'), '') as after
    from parted
)

select
    column_number,
    value,
    n,
    rows_hash,
    case
        when value = '' then 'empty'
        when is_missing then 'missing'
        when is_plain then 'number'
        when regexp_full_match(value, $instant, 'i') then 'instant'
        when regexp_full_match(value, $link, 'i') then 'link'
        when regexp_full_match(value, $mail, 'i') then 'mail'
        when regexp_full_match(value, $uuid, 'i') then 'uuid'
        when regexp_full_match(value, $phone, 'i') then 'phone'
        when core <> '' and before = '' and after = '' then 'number'
        when core <> '' then 'amount'
        when contains(value, ' ') then 'text'
        else 'word'
    end as type,
    core,
    before,
    after
from split;
