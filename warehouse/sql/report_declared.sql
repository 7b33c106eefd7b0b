-- one row per column that is left out, or whose encoding is changed by a weight, a logarithm or limits
with columns_used as (
    select
        source_column,
        max(weight) as weight,
        -- Brackets have bounds of their own, and are of no logarithm.
        bool_or(is_log and weight > 0) as is_log,
        any_value(clip_low) filter (where encoding = 'standardized' and weight > 0) as clip_low,
        any_value(clip_high) filter (where encoding = 'standardized' and weight > 0) as clip_high,
        min(feature_number) as place
    from features
    group by source_column
)

select
    source_column,
    weight,
    is_log,
    clip_low,
    clip_high
from columns_used
where weight <> 1 or is_log or clip_low is not null
order by place;
