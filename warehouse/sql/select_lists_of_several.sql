-- one row per list of which a customer has several items, of one customer in $every
with lists as (
    select source_column
    from features
    where kind = 'items'
),

baskets as (
    select
        present_values.source_column,
        present_values._position
    from present_values
    semi join lists on present_values.source_column = lists.source_column
    where present_values._position % $every = 0
    group by present_values.source_column, present_values._position
    having count(*) > 1
)

select distinct source_column
from baskets;
