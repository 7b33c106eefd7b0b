-- one row per column and text before or after its numbers
select distinct
    column_number,
    before,
    after
from work.draft_texts
where type = 'amount'
order by column_number, before, after;
