-- Who is in each segment, in a few conditions? One row per segment, with how well they describe it.
select
    segments.segment_id,
    segments.name,
    segment_rules.rule,
    round(segment_rules.precision, 3) as of_those_who_match_in_it,
    round(segment_rules.recall, 3) as of_its_customers_matching
from segment_rules
inner join segments on segment_rules.segment_id = segments.segment_id
order by segments.segment_id;
