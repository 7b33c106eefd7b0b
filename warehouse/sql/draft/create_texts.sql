-- work.draft_texts: one row per column and different text in it, with its type
-- A number may stand between a sign of currency and a unit: its digits are the core.
create or replace table work.draft_texts as
with seen as (
    select
        column_number,
        value,
        n,
        rows_hash,
        list_contains($missing_words, lower(value)) as is_missing_word,
        regexp_full_match(value, $too_narrow) as is_hashes,
        regexp_matches(value, '[0-9]') as has_digit,
        regexp_full_match(value, $number, 'i') as is_plain
    from work.draft_values
),

parted as (
    select
        *,
        case
            when has_digit and not is_missing_word and not is_plain and len(value) <= 60
                then regexp_extract(value, $amount, ['before', 'core', 'after'], 'i')
        end as parts
    from seen
),

split as (
    select
        *,
        coalesce(struct_extract(parts, 'core'), '') as core,
        trim(coalesce(struct_extract(parts, 'before'), '')) as before,
        trim(coalesce(struct_extract(parts, 'after'), '')) as after
    from parted
)

select
    column_number,
    value,
    n,
    rows_hash,
    case
        when value = '' then 'empty'
        when is_missing_word or is_hashes then 'missing'
        when has_digit and is_plain then 'number'
        when regexp_full_match(value, $instant, 'i') then 'instant'
        when regexp_full_match(value, $link, 'i') then 'link'
        when regexp_full_match(value, $mail, 'i') then 'mail'
        when regexp_full_match(value, $uuid, 'i') then 'uuid'
        when regexp_full_match(value, $phone, 'i') then 'phone'
        when core <> '' then 'amount'
        when contains(value, ' ') then 'text'
        else 'word'
    end as type,
    case
        when has_digit and is_plain then value
        when starts_with(before, '-') then '-' || core
        else core
    end as core,
    before,
    after
from split;
