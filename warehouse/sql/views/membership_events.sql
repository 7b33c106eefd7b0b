-- membership_events: one row per customer, segment and day on which the customer joined or left it
select
    valid_from as event_date,
    customer_id,
    segment_id,
    'joined' as event
from segment_history
union all
select
    valid_to as event_date,
    customer_id,
    segment_id,
    'left' as event
from segment_history
where valid_to is not null;
