-- one row per 0/1 feature of a column, in their order; the value is null where several join
select
    case when count(*) = 1 then min(value) end as value,
    count(*) as grouped_values,
    bool_or(is_most_frequent) as is_most_frequent
from work.vocabulary
where source_column = $source_column
group by mark
order by mark;
