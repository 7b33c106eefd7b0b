-- rejected_rows: one row a record whose fields cannot be told apart
insert into rejected_rows (run_id, line_number, column_name, code, value, reason, raw)
with faults as (
    select
        _line_number as line_number,
        case
            when _broken_quote is not null then 'broken_quote'
            when _n_fields < $n_fields then 'too_few_fields'
            when _n_fields > $n_fields and not $takes_more then 'too_many_fields'
            when _wide_fault is not null then 'not_zero_or_one'
        end as code,
        case
            when _broken_quote is not null then _broken_quote
            when _n_fields <> $n_fields and not $takes_more then cast(_n_fields as varchar)
            when _n_fields < $n_fields then cast(_n_fields as varchar)
            else _wide_fault
        end as value,
        _n_fields
    from work.records
)

select
    cast($run_id as varchar) as run_id,
    faults.line_number,
    case when faults.code = 'not_zero_or_one' then $wide_column end as column_name,
    faults.code,
    faults.value,
    case faults.code
        when 'broken_quote' then 'a quote is opened or closed within a field; expected quotes around whole fields'
        when 'not_zero_or_one' then faults.value || ' should be 0 or 1'
        else
            'the row has ' || cast(faults._n_fields as varchar)
            || case when faults._n_fields = 1 then ' field' else ' fields' end || '; expected '
            || case when $takes_more then 'at least ' else '' end || cast($n_fields as varchar)
    end as reason,
    lines.line as raw
from faults
inner join work.lines on faults.line_number = lines.line_number
where faults.code is not null
order by faults.line_number;
