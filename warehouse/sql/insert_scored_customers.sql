-- scored_customers: one row per customer of the file, in the order of its lines
insert into scored_customers
with unknown as (
    select
        _position,
        list(source_column || '=' || value order by source_column, value) as named
    from unknown_values
    group by _position
)

select
    customers.customer_id,
    customers.source_name,
    customers.line_number,
    scores.segment_id,
    scores.distance,
    scores.second_segment_id,
    scores.second_distance,
    coalesce(unknown.named, []) as unknown_values
from customers
inner join scores on customers.customer_id = scores.customer_id
left join unknown
    on customers.rowid = unknown._position
order by customers.rowid;
