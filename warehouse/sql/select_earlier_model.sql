-- one row: the model of the earlier run
select
    models.model_id,
    models.formed_on,
    models.encoding,
    models.null_model,
    models.is_found,
    models.asked_for,
    models.declaration,
    models.customers,
    (
        select count(*)
        from previous.runs as runs
        where runs.model_id = models.model_id and runs.status = 'published'
    ) as n_runs
from previous.models as models
order by models.model_id desc
limit 1;
