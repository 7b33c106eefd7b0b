-- encoded_numbers: one row per customer and number, with x and the encoded value that features makes of it
create or replace temporary view encoded_numbers as
with clipped as (
    select
        number_values._position,
        features.*,
        -- Of a null and a number least and greatest are the number.
        case
            when number_values.v is not null
                then greatest(least(number_values.v, features.clip_high), features.clip_low)
        end as v
    from number_values
    inner join features
        on number_values.source_column = features.source_column and features.encoding = 'standardized'
),

transformed as (
    select
        *,
        case
            when v is null then imputed
            when is_log then sign(v) * ln(1 + abs(v))
            else v
        end as x
    from clipped
)

select
    _position,
    source_column,
    feature,
    is_log,
    x,
    weight * (x - center) / scale as encoded
from transformed;
