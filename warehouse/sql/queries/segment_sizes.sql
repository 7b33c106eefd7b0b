-- Who are our customers? One row per segment: its size, its share, and how many customers it had in the previous run.
select
    segment_id,
    name,
    customers,
    round(100 * share, 1) as percent,
    customers - previous_customers as change,
    description
from segments
order by customers desc, segment_id asc;
