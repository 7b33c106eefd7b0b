-- tier_stats: one row per tier and feature, in the units of the source column; none where customers have no tier
insert into tier_stats (tier, customers, feature, source_column, kind, mean, overall_mean)
with sizes as (
    select
        gradient_tier as tier,
        count(*) as customers
    from customer_segments
    where gradient_tier is not null
    group by gradient_tier
),

numbers as (
    select
        customer_segments.gradient_tier as tier,
        number_values.source_column,
        avg(number_values.v) as mean
    from number_values
    inner join customer_segments on number_values._position = customer_segments.rowid
    where customer_segments.gradient_tier is not null
    group by customer_segments.gradient_tier, number_values.source_column
),

present as (
    select
        gradient_tier as tier,
        source_column,
        v,
        sum(n_present) as n_present
    from present_counts
    where gradient_tier is not null
    group by gradient_tier, source_column, v
)

select
    sizes.tier,
    sizes.customers,
    features.feature,
    features.source_column,
    features.kind,
    case
        when features.kind = 'numeric' then numbers.mean
        else coalesce(present.n_present, 0) / sizes.customers
    end as mean,
    segment_stats.overall_mean
from sizes
cross join features
inner join segment_stats on features.feature = segment_stats.feature and segment_stats.segment_id = 1
left join numbers
    on sizes.tier = numbers.tier and features.kind = 'numeric' and features.source_column = numbers.source_column
left join present
    on
        sizes.tier = present.tier
        and features.kind <> 'numeric'
        and features.source_column = present.source_column
        and features.value is not distinct from present.v
where features.encoding <> 'bracket'
order by features.feature_number, sizes.tier;
