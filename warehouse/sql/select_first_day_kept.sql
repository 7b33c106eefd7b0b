-- one row: the day of the first earlier run that the history keeps
select min(as_of) as first_day
from (
    select as_of
    from (
        select distinct as_of
        from previous.history.segments
        union
        select cast($as_of as date) as as_of
    ) as days
    order by as_of desc
    limit $at_most
) as kept;
