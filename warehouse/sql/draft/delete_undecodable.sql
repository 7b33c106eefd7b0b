-- work.fields: one row a record behind the header that is text
delete from work.fields
where line_number in (select undecodable.record from work.undecodable);
