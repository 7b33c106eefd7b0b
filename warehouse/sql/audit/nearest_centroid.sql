-- one row per customer whose nearest or second nearest centroid, or distance, is another when scored by SQL alone
-- From customers, features and centroids only; one customer in $every is scored. A distance among the features is
-- farther than one among components by what no component holds, which is the same for every centroid.
with scored_customers as (
    select
        rowid as _position,
        *
    from customer_segments
    where rowid % $every = 0
),

number_parts as (
    select
        encoded_numbers._position,
        centroids.segment_id,
        sum(power(encoded_numbers.encoded - centroids.value, 2)) as part
    from encoded_numbers
    inner join centroids on encoded_numbers.feature = centroids.feature
    where encoded_numbers._position % $every = 0
    group by encoded_numbers._position, centroids.segment_id
),

present_parts as (
    select
        present_values._position,
        centroids.segment_id,
        sum(
            power(features.weight * (1 - features.center) / features.scale - centroids.value, 2)
            - power(features.weight * (0 - features.center) / features.scale - centroids.value, 2)
        ) as part
    from present_values
    inner join features
        on
            present_values.source_column = features.source_column
            and present_values.v is not distinct from features.value
    inner join centroids on features.feature = centroids.feature
    where present_values._position % $every = 0
    group by present_values._position, centroids.segment_id
),

absent_parts as (
    select
        segments.segment_id,
        coalesce(sum(power(features.weight * (0 - features.center) / features.scale - centroids.value, 2)), 0) as part
    from segments
    left join centroids on segments.segment_id = centroids.segment_id
    left join features on centroids.feature = features.feature
    where features.encoding <> 'standardized'
    group by segments.segment_id
),

distances as (
    select
        scored_customers._position,
        segments.segment_id,
        sqrt(greatest(
            coalesce(absent_parts.part, 0) + coalesce(number_parts.part, 0) + coalesce(present_parts.part, 0), 0
        )) as distance
    from scored_customers
    cross join segments
    left join absent_parts on segments.segment_id = absent_parts.segment_id
    left join number_parts
        on
            scored_customers._position = number_parts._position
            and segments.segment_id = number_parts.segment_id
    left join present_parts
        on
            scored_customers._position = present_parts._position
            and segments.segment_id = present_parts.segment_id
),

fitted as (
    select count(*) > 0 as has_components
    from components
),

ranked as (
    select
        scored_customers.customer_id,
        scored_customers.segment_id,
        scored_customers.distance,
        scored_customers.second_segment_id,
        scored_customers.second_distance,
        min(distances.distance) as nearest,
        min(distances.distance)
        filter (where distances.segment_id = scored_customers.segment_id) as own,
        min(distances.distance)
        filter (where distances.segment_id <> scored_customers.segment_id) as nearest_other,
        min(distances.distance)
        filter (where distances.segment_id = scored_customers.second_segment_id) as second
    from scored_customers
    inner join distances on scored_customers._position = distances._position
    group by all
)

select *
from ranked
cross join fitted
where
    own is null
    or own * own - nearest * nearest > 1e-3 * (1 + distance * distance)
    or (not has_components and abs(own - distance) > 1e-4 * (1 + distance))
    or own < distance - 1e-4 * (1 + distance)
    or abs((second * second - own * own) - (second_distance * second_distance - distance * distance))
    > 1e-3 * (1 + second_distance * second_distance)
    or (nearest_other is null) <> (second_segment_id is null)
    or (second is null) <> (second_segment_id is null)
    or second * second - nearest_other * nearest_other > 1e-3 * (1 + second_distance * second_distance)
    or (not has_components and abs(second - second_distance) > 1e-4 * (1 + second_distance));
