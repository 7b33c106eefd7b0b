-- one row per segment whose lifetime is unknown or another, and per ended one that is still there
select
    segment_lifetimes.segment_id as known_segment_id,
    segments.segment_id,
    segment_lifetimes.first_seen as known_first_seen,
    segments.first_seen
from segment_lifetimes
full join segments on segment_lifetimes.segment_id = segments.segment_id
where
    segment_lifetimes.segment_id is null
    or segments.first_seen is distinct from
    case
        when segment_lifetimes.last_seen = (select max_by(runs.as_of, runs.rowid) from runs)
            then segment_lifetimes.first_seen
    end
union all
select
    segment_lifetimes.segment_id as known_segment_id,
    past_memberships.segment_id,
    segment_lifetimes.first_seen as known_first_seen,
    min(past_memberships.valid_from) as first_seen
from past_memberships
left join segment_lifetimes on past_memberships.segment_id = segment_lifetimes.segment_id
where segment_lifetimes.segment_id is null
group by all;
