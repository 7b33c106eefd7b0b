-- work.rejected: one row per record whose fields are ambiguous
insert into work.rejected (record, column_name, code, value, reason)
select
    records._record as record,
    case when records._fault = 'not_zero_or_one' then $wide_column end as column_name,
    records._fault as code,
    case
        when records._fault in ('not_zero_or_one', 'undeclared_value') then records._found
        when records._fault in ('too_few_fields', 'too_many_fields') then cast(records._n_fields as varchar)
    end as value,
    case records._fault
        when 'broken_quote'
            then
                coalesce(records._broken, 'a quote is opened or closed within a field')
                || '; expected quotes around whole fields, and a quote inside doubled'
        when 'before_header' then 'the record precedes the header; expected the header first'
        when 'empty_end'
            then 'the row ends with too many delimiters after a list; expected the last column at its end'
        when 'empty_row' then 'every field of the row is empty; expected one row per customer'
        when 'ruled_line' then 'the row is a line drawn of dashes; expected one row per customer'
        when 'header_again' then 'the record repeats the header; expected one header, on the first line'
        when 'not_zero_or_one' then records._found || ' should be ' || $wide_cells
        when 'undeclared_value'
            then records._found || ' is in a column that the schema does not declare; declare it or leave it empty'
        when 'undecidable_comma'
            then
                'a comma may belong to ' || $text_column || ' or to ' || $list_column
                || '; expected quotes around it, or the allowed values of ' || $text_column || ' in the schema'
        else
            'the row has ' || cast(records._n_fields as varchar)
            || case when records._n_fields = 1 then ' field' else ' fields' end || '; expected '
            || case when $takes_more then 'at least ' else '' end || cast($n_fields as varchar)
    end as reason
from work.records
where records._fault is not null and records._record between $first_record and $last_record
order by records._record;
