-- one row per customer whose distance is another along the components, from features, centroids and loadings alone
-- One customer in $every is measured; where there are no components there is nothing to measure.
with measured as (
    select
        rowid as _position,
        customer_id,
        segment_id,
        distance,
        second_segment_id,
        second_distance
    from customer_segments
    where rowid % $every = 0 and (select count(*) from components) > 0
),

present_features as (
    select
        present_values._position,
        features.feature,
        features.weight / features.scale as encoded
    from present_values
    inner join features
        on
            present_values.source_column = features.source_column
            and present_values.v is not distinct from features.value
    where present_values._position % $every = 0
),

absent_parts as (
    select
        loadings.component,
        sum(-features.weight * features.center / features.scale * loadings.loading) as part
    from loadings
    inner join features on loadings.feature = features.feature
    where features.encoding <> 'standardized'
    group by loadings.component
),

parts as (
    select
        held._position,
        loadings.component,
        sum(held.encoded * loadings.loading) as part
    from (
        select
            _position,
            feature,
            encoded
        from encoded_numbers
        where _position % $every = 0
        union all
        select * from present_features
    ) as held
    inner join loadings on held.feature = loadings.feature
    group by held._position, loadings.component
),

coordinates as (
    select
        measured._position,
        components.component,
        coalesce(parts.part, 0) + coalesce(absent_parts.part, 0) as coordinate
    from measured
    cross join components
    left join parts on measured._position = parts._position and components.component = parts.component
    left join absent_parts on components.component = absent_parts.component
),

centres as (
    select
        centroids.segment_id,
        loadings.component,
        sum(centroids.value * loadings.loading) as coordinate
    from centroids
    inner join loadings on centroids.feature = loadings.feature
    group by centroids.segment_id, loadings.component
),

distances as (
    select
        measured.customer_id,
        measured.distance,
        measured.second_distance,
        sum(power(coordinates.coordinate - own.coordinate, 2)) as own_square,
        sum(power(coordinates.coordinate - second.coordinate, 2)) as second_square
    from measured
    inner join coordinates on measured._position = coordinates._position
    left join centres as own
        on measured.segment_id = own.segment_id and coordinates.component = own.component
    left join centres as second
        on measured.second_segment_id = second.segment_id and coordinates.component = second.component
    group by measured.customer_id, measured.distance, measured.second_distance
)

select *
from distances
where
    own_square is null
    or abs(own_square - distance * distance) > 1e-3 * (1 + distance * distance)
    or (second_square is null) <> (second_distance is null)
    or abs(second_square - second_distance * second_distance) > 1e-3 * (1 + second_distance * second_distance);
