-- segment_stats: one row per segment and feature, in the units of the source column
-- From number_stats, present_counts and the sizes of the segments.
insert into segment_stats (
    segment_id, feature, source_column, kind, mean, median, std, min, max, overall_mean, difference, lift
)
with sizes as (
    select
        segment_id,
        count(*) as n_customers
    from customer_segments
    group by segment_id
),

totals as (
    select sum(n_customers) as n_customers
    from sizes
),

number_means as (
    select
        source_column,
        avg(v) as overall_mean
    from number_values
    group by source_column
),

segment_counts as (
    select
        segment_id,
        source_column,
        v,
        sum(n_present) as n_present
    from present_counts
    group by segment_id, source_column, v
),

overall_counts as (
    select
        source_column,
        v,
        sum(n_present) as n_present
    from segment_counts
    group by source_column, v
),

number_rows as (
    select
        sizes.segment_id,
        features.feature_number,
        number_stats.mean,
        number_stats.median,
        number_stats.std,
        number_stats.min,
        number_stats.max,
        number_means.overall_mean
    from features
    cross join sizes
    left join number_stats
        on features.source_column = number_stats.source_column and sizes.segment_id = number_stats.segment_id
    left join number_means on features.source_column = number_means.source_column
    where features.encoding = 'standardized'
),

present_rows as (
    select
        sizes.segment_id,
        features.feature_number,
        coalesce(segment_counts.n_present, 0) / sizes.n_customers as mean,
        coalesce(overall_counts.n_present, 0) / totals.n_customers as overall_mean
    from features
    cross join sizes
    cross join totals
    left join segment_counts
        on
            features.source_column = segment_counts.source_column
            and features.value is not distinct from segment_counts.v
            and sizes.segment_id = segment_counts.segment_id
    left join overall_counts
        on
            features.source_column = overall_counts.source_column
            and features.value is not distinct from overall_counts.v
    where features.encoding <> 'standardized'
),

all_rows as (
    select
        segment_id,
        feature_number,
        mean,
        median,
        std,
        min,
        max,
        overall_mean,
        null as lift
    from number_rows
    union all
    select
        segment_id,
        feature_number,
        mean,
        case when mean > 0.5 then 1 when mean < 0.5 then 0 else 0.5 end as median,
        sqrt(mean * (1 - mean)) as std,
        floor(mean) as min,
        ceil(mean) as max,
        overall_mean,
        case when overall_mean > 0 then mean / overall_mean end as lift
    from present_rows
)

select
    all_rows.segment_id,
    features.feature,
    features.source_column,
    features.kind,
    all_rows.mean,
    all_rows.median,
    all_rows.std,
    all_rows.min,
    all_rows.max,
    all_rows.overall_mean,
    all_rows.mean - all_rows.overall_mean as difference,
    all_rows.lift
from all_rows
inner join features on all_rows.feature_number = features.feature_number
order by all_rows.segment_id, features.feature_number;
