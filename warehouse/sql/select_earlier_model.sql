-- one row: the model of the earlier run, and on how many days it was used
with latest as (
    select
        dataset,
        as_of
    from previous.runs
    order by rowid desc
    limit 1
)

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
        select count(distinct used.as_of)
        from previous.runs as used
        inner join latest on used.dataset = latest.dataset and used.as_of <= latest.as_of
        where used.model_id = models.model_id and used.status = 'published'
    ) as n_runs
from previous.models as models
order by models.model_id desc
limit 1;
