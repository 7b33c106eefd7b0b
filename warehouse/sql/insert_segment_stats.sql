-- segment_stats: one row per segment and row of profiled, in the units of the source column
-- From number_stats, present_counts and the sizes of the segments. $critical_z is the z_score that is significant.
insert into segment_stats (
    segment_id, feature, source_column, kind, mean, median, q1, q3, std, min, max, overall_mean, difference, lift,
    standardized_difference, support, z_score, is_significant, is_feature
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

overall_numbers as (
    select
        source_column,
        count(v) as n_known,
        avg(v) as mean,
        stddev_pop(v) as std
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
        profiled.feature_number,
        own.mean,
        own.quartiles[2] as median,
        own.quartiles[1] as q1,
        own.quartiles[3] as q3,
        own.std,
        own.min,
        own.max,
        overall.mean as overall_mean,
        overall.std as overall_std,
        coalesce(own.n_known, 0) as support,
        nullif(overall.n_known - own.n_known, 0) as n_rest,
        least(own.n_known, n_rest) as least_support,
        (overall.mean * overall.n_known - own.mean * own.n_known) / n_rest as rest_mean,
        -- The variance of the others is what the whole leaves of the mean of the squares.
        greatest(
            0,
            (
                (pow(overall.std, 2) + pow(overall.mean, 2)) * overall.n_known
                - (pow(own.std, 2) + pow(own.mean, 2)) * own.n_known
            ) / n_rest
            - pow(rest_mean, 2)
        ) as rest_variance,
        sqrt(
            greatest(
                pow(own.std, 2) / own.n_known + rest_variance / n_rest,
                pow(overall.std, 2) * (1 / own.n_known + 1 / n_rest)
            )
        ) as standard_error,
        case when standard_error > 0 then (own.mean - rest_mean) / standard_error end as z_score
    from work.profiled
    cross join sizes
    left join number_stats as own
        on profiled.source_column = own.source_column and sizes.segment_id = own.segment_id
    left join overall_numbers as overall on profiled.source_column = overall.source_column
    where profiled.encoding = 'standardized'
),

present as (
    select
        sizes.segment_id,
        profiled.feature_number,
        totals.n_customers as n_all,
        sizes.n_customers as n_own,
        coalesce(overall_counts.n_present, 0) as n_with,
        coalesce(segment_counts.n_present, 0) as support
    from work.profiled
    cross join sizes
    cross join totals
    left join segment_counts
        on
            profiled.source_column = segment_counts.source_column
            and profiled.value is not distinct from segment_counts.v
            and sizes.segment_id = segment_counts.segment_id
    left join overall_counts
        on
            profiled.source_column = overall_counts.source_column
            and profiled.value is not distinct from overall_counts.v
    where profiled.encoding <> 'standardized'
),

present_rows as (
    select
        segment_id,
        feature_number,
        support / n_own as mean,
        case when mean > 0.5 then 1 when mean < 0.5 then 0 else 0.5 end as median,
        case when mean > 0.75 then 1 when mean < 0.75 then 0 else 0.5 end as q1,
        case when mean > 0.25 then 1 when mean < 0.25 then 0 else 0.5 end as q3,
        sqrt(mean * (1 - mean)) as std,
        floor(mean) as min,
        ceil(mean) as max,
        n_with / n_all as overall_mean,
        sqrt(overall_mean * (1 - overall_mean)) as overall_std,
        support,
        greatest(support, n_own * overall_mean) as least_support,
        -- Observed and expected customers of the four cells: in the segment or not, with the value or not.
        list_sum(
            list_transform(
                list_zip(
                    [support, n_own - support, n_with - support, n_all - n_own - n_with + support],
                    [
                        n_own * overall_mean,
                        n_own * (1 - overall_mean),
                        (n_all - n_own) * overall_mean,
                        (n_all - n_own) * (1 - overall_mean)
                    ]
                ),
                lambda cell: case when cell[1] > 0 then cell[1] * ln(cell[1] / cell[2]) else 0 end
            )
        ) as likelihood_ratio,
        case when overall_std > 0 then sign(mean - overall_mean) * sqrt(greatest(0, 2 * likelihood_ratio)) end
            as z_score
    from present
),

all_rows as (
    select * from number_rows
    union all by name
    select
        *,
        case when overall_mean > 0 then mean / overall_mean end as lift
    from present_rows
)

select
    all_rows.segment_id,
    profiled.feature,
    profiled.source_column,
    profiled.kind,
    all_rows.mean,
    all_rows.median,
    all_rows.q1,
    all_rows.q3,
    all_rows.std,
    all_rows.min,
    all_rows.max,
    all_rows.overall_mean,
    all_rows.mean - all_rows.overall_mean as difference,
    all_rows.lift,
    case when all_rows.overall_std > 0 then difference / all_rows.overall_std end as standardized_difference,
    all_rows.support,
    case when all_rows.least_support >= $min_support then all_rows.z_score end as z_score,
    coalesce(
        abs(all_rows.z_score) >= $critical_z
        and all_rows.least_support >= $min_support
        and ($is_any or not profiled.is_feature),
        false
    ) as is_significant,
    profiled.is_feature
from all_rows
inner join work.profiled on all_rows.feature_number = profiled.feature_number
order by all_rows.segment_id, profiled.feature_number;
