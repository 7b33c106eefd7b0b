-- one row per binary feature of a column, in their order; the value is null where several join
select
    case when count(*) = 1 then min(value) end as value,
    count(*) as grouped_values,
    bool_or(is_most_frequent) as is_most_frequent
from work.vocabulary
where source_column = $source_column
group by binary_index
order by binary_index;
