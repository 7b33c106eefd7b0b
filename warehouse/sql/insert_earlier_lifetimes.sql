-- segment_lifetimes: one row per segment that there was up to the previous run and that there is no longer
insert into segment_lifetimes (segment_id, name, customers, first_seen, last_seen, successor_id)
select
    earlier.segment_id,
    earlier.name,
    earlier.customers,
    earlier.first_seen,
    earlier.last_seen,
    coalesce(earlier.successor_id, absorbed.to_segment_id) as successor_id
from previous.segment_lifetimes as earlier
left join segment_transitions as absorbed
    on earlier.segment_id = absorbed.from_segment_id and absorbed.transition = 'absorbed'
where earlier.segment_id not in (select segments.segment_id from segments)
order by earlier.segment_id;
