-- one row: the run that the file is of, and its model
select
    runs.run_id,
    runs.as_of,
    runs.dataset,
    runs.model_id,
    models.declaration
from runs
inner join models on runs.model_id = models.model_id
order by runs.rowid desc
limit 1;
