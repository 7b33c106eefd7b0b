-- Who moved since the previous run? One row per segment before and segment now that is another one.
select
    coalesce(earlier.name, '(new customers)') as from_segment,
    coalesce(segments.name, '(gone)') as to_segment,
    moves.customers,
    moves.from_segment_id,
    moves.to_segment_id
from segment_moves as moves
left join segment_lifetimes as earlier on moves.from_segment_id = earlier.segment_id
left join segments on moves.to_segment_id = segments.segment_id
where moves.from_segment_id is distinct from moves.to_segment_id
order by moves.customers desc, moves.from_segment_id asc, moves.to_segment_id asc;
