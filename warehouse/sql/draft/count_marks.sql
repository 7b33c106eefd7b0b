-- one row a column: how its numbers use points, commas and other marks between their digits
with marked as (
    select
        column_number,
        n,
        ltrim(core, '+-') as digits
    from work.draft_looks
    where look in ('number', 'amount')
)

select
    column_number,
    sum(n)::bigint as n_numbers,
    coalesce(sum(n) filter (where regexp_full_match(digits, '[0-9]+')), 0)::bigint as n_plain,
    coalesce(sum(n) filter (where regexp_full_match(digits, '[0-9]*\.[0-9]*(e.*)?', 'i')), 0)::bigint as n_points,
    coalesce(sum(n) filter (where regexp_full_match(digits, '[1-9][0-9]{0,2}\.[0-9]{3}')), 0)::bigint
        as n_points_or_groups,
    coalesce(sum(n) filter (where regexp_full_match(digits, '[0-9]*,[0-9]*(e.*)?', 'i')), 0)::bigint as n_commas,
    coalesce(sum(n) filter (where regexp_full_match(digits, '[1-9][0-9]{0,2},[0-9]{3}')), 0)::bigint
        as n_commas_or_groups,
    coalesce(
        sum(n) filter (
            where regexp_full_match(digits, '[0-9]{1,3}(\.[0-9]{3}){2,}|[0-9]{1,3}(\.[0-9]{3})+,[0-9]*')
        ), 0
    )::bigint as n_point_groups,
    coalesce(
        sum(n) filter (
            where regexp_full_match(digits, '[0-9]{1,3}(,[0-9]{3}){2,}|[0-9]{1,3}(,[0-9]{3})+\.[0-9]*')
        ), 0
    )::bigint as n_comma_groups,
    coalesce(
        sum(n) filter (where regexp_full_match(digits, '[0-9]{1,3}( [0-9]{3})+([.,][0-9]*)?')), 0
    )::bigint as n_blank_groups,
    coalesce(
        sum(n) filter (where regexp_full_match(digits, '[0-9]{1,3}(''[0-9]{3})+([.,][0-9]*)?')), 0
    )::bigint as n_apostrophe_groups,
    coalesce(max(length(digits)) filter (where regexp_full_match(digits, '[0-9]+')), 0)::bigint as longest_plain
from marked
group by column_number
order by column_number;
