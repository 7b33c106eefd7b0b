-- Who moved into the largest segment this week? One row per customer who joined it in the seven days up to the run.
with largest as (
    select
        segment_id,
        name
    from segments
    order by customers desc, segment_id asc
    limit 1
)

select
    events.customer_id,
    events.event_date,
    largest.segment_id,
    largest.name
from membership_events as events
inner join largest on events.segment_id = largest.segment_id
where
    events.event = 'joined'
    and events.event_date > (select max_by(as_of, started_at) from runs) - interval 7 day
order by events.event_date desc, events.customer_id asc;
