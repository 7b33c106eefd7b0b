"""Which lines are one record, by the states of their quotes alone."""

import pytest

from schemas.dialect import LineState
from tasks.framing import Frames, frame_lines, without_swallowed

COMPLETE, OPEN, BROKEN = LineState.COMPLETE, LineState.OPEN, LineState.BROKEN


def frames(unquiet, within, last=20, max_lines=100, first=1):
    return frame_lines(unquiet, within, first=first, last=last, max_lines=max_lines)


def test_no_open_quote_is_no_record_of_several_lines():
    assert frames({}, {}) == Frames()


def test_open_quote_joins_the_lines_up_to_the_one_that_closes_it():
    assert frames({3: OPEN}, {3: BROKEN, 6: COMPLETE}) == Frames(joined=[(3, 6)])


def test_line_that_closes_a_quote_and_opens_another_goes_on():
    assert frames({3: OPEN}, {3: BROKEN, 4: OPEN, 6: COMPLETE}).joined == [(3, 6)]


def test_line_within_a_record_opens_none_of_its_own():
    assert frames({3: OPEN, 5: OPEN, 6: OPEN}, {3: BROKEN, 5: OPEN, 6: COMPLETE}) == Frames(joined=[(3, 6)])


def test_records_follow_one_another():
    within = {3: BROKEN, 4: COMPLETE, 5: OPEN, 7: COMPLETE}
    assert frames({3: OPEN, 5: OPEN}, within).joined == [(3, 4), (5, 7)]


def test_quote_in_the_midst_of_a_field_spoils_its_own_line_only():
    assert frames({3: BROKEN, 5: OPEN}, {3: BROKEN, 5: BROKEN, 6: COMPLETE}) == Frames(
        joined=[(5, 6)], broken={3: "a quote is opened or closed within a field"}
    )


def test_quote_that_is_closed_badly_gives_the_lines_in_between_back():
    found = frames({13: OPEN, 15: OPEN}, {13: BROKEN, 15: BROKEN, 16: COMPLETE}, first=11)
    assert found == Frames(joined=[(15, 16)], broken={13: "a quote opened here is closed within a field on line 5"})


@pytest.mark.parametrize(
    ("last", "within", "reason"),
    [
        (20, {3: BROKEN, 5: OPEN, 8: COMPLETE}, "a quote is opened here and not closed within 5 lines"),
        (7, {3: BROKEN, 5: OPEN}, "a quote is opened here and never closed"),
    ],
    ids=["bound", "end of the file"],
)
def test_quote_that_is_not_closed_gives_the_lines_after_it_back(last, within, reason):
    assert frames({3: OPEN}, within, last=last, max_lines=5) == Frames(broken={3: reason})


@pytest.mark.parametrize(("max_lines", "joined"), [(4, [(3, 6)]), (3, [])])
def test_bound_counts_every_line_of_a_record(max_lines, joined):
    assert frames({3: OPEN}, {3: BROKEN, 6: COMPLETE}, max_lines=max_lines).joined == joined


def test_record_that_swallowed_whole_records_is_taken_apart():
    found = without_swallowed(Frames(joined=[(3, 6), (8, 9)]), whole={5}, first=1)
    assert found == Frames(
        joined=[(8, 9)],
        broken={3: "a quote opened here is closed on line 6 only, with whole records in between"},
    )


def test_lines_of_a_text_that_are_no_records_stay_together():
    joined = [(3, 6), (8, 9)]
    assert without_swallowed(Frames(joined=joined), whole={3, 6, 9}, first=1) == Frames(joined=joined)


def test_taking_apart_changes_nothing_that_it_is_given():
    given = Frames(joined=[(3, 6)], broken={2: "why"})
    without_swallowed(given, whole={4}, first=1)
    assert given == Frames(joined=[(3, 6)], broken={2: "why"})
