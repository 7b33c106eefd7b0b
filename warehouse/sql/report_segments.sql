-- one row per segment, in the order of their numbers
select
    segments.segment_id,
    segments.name,
    segments.description,
    segments.customers,
    segments.share,
    segments.stability,
    segments.previous_customers,
    segment_rules.rule,
    segment_rules.precision,
    segment_rules.recall
from segments
left join segment_rules on segments.segment_id = segment_rules.segment_id
order by segments.segment_id;
