-- one row per segment of the previous run and segment of this run that have customers in common
select
    from_segment_id,
    to_segment_id,
    customers
from segment_moves
order by from_segment_id nulls last, to_segment_id nulls last;
