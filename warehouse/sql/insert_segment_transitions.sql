-- segment_transitions: one row per transition
insert into segment_transitions (
    transition, from_segment_id, to_segment_id, shared_customers, previous_customers, customers, previous_spread,
    spread, previous_center, center, center_shift
)
with spreads as (
    select
        segment_id,
        count(*) as customers,
        sqrt(avg(distance * distance)) as spread
    from customer_segments
    group by segment_id
),

earlier_spreads as (
    select
        segment_id,
        count(*) as customers,
        sqrt(avg(distance * distance)) as spread
    from previous.customer_segments
    group by segment_id
),

centers as (
    select
        segment_id,
        map(list(feature), list(mean)) as center
    from segment_stats
    where is_feature and mean is not null
    group by segment_id
),

earlier_centers as (
    select
        segment_id,
        map(list(feature), list(mean)) as center
    from previous.segment_stats
    where mean is not null and feature in (select feature from previous.features)
    group by segment_id
),

-- The variance of all customers is that within the segments and that between them.
variances as (
    select
        segment_stats.feature,
        sum(
            segments.customers * (segment_stats.std * segment_stats.std + power(segment_stats.difference, 2))
        ) / sum(segments.customers) as variance
    from segment_stats
    inner join segments on segment_stats.segment_id = segments.segment_id
    where segment_stats.is_feature and segment_stats.mean is not null
    group by segment_stats.feature
),

shifts as (
    select
        own.segment_id,
        earlier.segment_id as from_segment_id,
        sqrt(avg(power(own.mean - earlier.mean, 2) / variances.variance)) as center_shift
    from segment_stats as own
    inner join previous.segment_stats as earlier on own.feature = earlier.feature
    inner join variances on own.feature = variances.feature
    where variances.variance > 0
    group by own.segment_id, earlier.segment_id
)

select
    told.transition,
    told.from_segment_id,
    told.to_segment_id,
    told.shared_customers,
    earlier_spreads.customers as previous_customers,
    spreads.customers,
    earlier_spreads.spread as previous_spread,
    spreads.spread,
    earlier_centers.center as previous_center,
    centers.center,
    shifts.center_shift
from _transitions as told
left join earlier_spreads on told.from_segment_id = earlier_spreads.segment_id
left join spreads on told.to_segment_id = spreads.segment_id
left join earlier_centers on told.from_segment_id = earlier_centers.segment_id
left join centers on told.to_segment_id = centers.segment_id
left join shifts on told.from_segment_id = shifts.from_segment_id and told.to_segment_id = shifts.segment_id
order by told.from_segment_id nulls last, told.to_segment_id nulls last;
