-- present_counts: one row per segment, tier and binary feature, of the customers from $first to $last
insert into present_counts
select
    customer_segments.segment_id,
    customer_segments.gradient_tier,
    present_values.source_column,
    present_values.v,
    count(*) as n_present
from present_values
inner join customer_segments on present_values._position = customer_segments.rowid
where
    present_values._position between $first and $last
    and customer_segments.rowid between $first and $last
group by
    customer_segments.segment_id,
    customer_segments.gradient_tier,
    present_values.source_column,
    present_values.v;
