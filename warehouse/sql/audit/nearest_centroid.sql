-- one row per customer whose nearest or second nearest centroid, or distance, is another when scored by SQL alone
-- From customers, features, centroids and loadings only. Of nearly equal distances either may be the smaller one.
with scored as (
    select
        own.customer_id,
        own.segment_id,
        own.distance,
        own.second_segment_id,
        own.second_distance,
        1e-3 * (1 + own.distance * own.distance) as rounding,
        1e-3 * (1 + own.second_distance * own.second_distance) as second_rounding,
        min(squares.square) as nearest,
        min(squares.square) filter (where squares.segment_id = own.segment_id) as own_square,
        min(squares.square) filter (where squares.segment_id <> own.segment_id) as nearest_other,
        min(squares.square) filter (where squares.segment_id = own.second_segment_id) as second_square
    from customer_segments as own
    inner join squares on own.rowid = squares._position
    group by all
)

select *
from scored
where
    own_square is null
    or own_square - nearest > rounding
    or abs(own_square - distance * distance) > rounding
    or (nearest_other is null) <> (second_segment_id is null)
    or (second_square is null) <> (second_segment_id is null)
    or second_square - nearest_other > second_rounding
    or abs(second_square - second_distance * second_distance) > second_rounding;
