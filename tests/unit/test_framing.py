"""Which lines are one record, by the states of their quotes alone."""

import tracemalloc

import numpy as np
import pytest

from schemas.dialect import LineState, LineStates, QuoteFault
from tasks.reading.framing import Frames, frame_lines, long_records, without_swallowed

COMPLETE, OPEN, BROKEN = LineState.COMPLETE, LineState.OPEN, LineState.BROKEN


def line_states(states):
    records = np.array(list(states), dtype=np.int64)
    return LineStates(records, np.array(list(states.values()), dtype=np.int8))


def framed(joined=(), broken=None):
    """Frames of (first, last) pairs and of record -> (fault, closing line)."""
    faults = broken or {}
    columns = [[first for first, _ in joined], [last for _, last in joined], list(faults)]
    columns += [[fault for fault, _ in faults.values()], [closing for _, closing in faults.values()]]
    return Frames(*(np.array(column, dtype=np.int64) for column in columns))


def told(frames):
    """The same of frames, to be compared."""
    joined = list(zip(frames.first.tolist(), frames.last.tolist(), strict=True))
    faults = zip(frames.faults.tolist(), frames.closing.tolist(), strict=True)
    return joined, dict(zip(frames.broken.tolist(), faults, strict=True))


def frames(unquiet, within, last=20, max_lines=100):
    return told(frame_lines(line_states(unquiet), line_states(within), last=last, max_lines=max_lines))


def test_no_open_quote_is_no_record_of_several_lines():
    assert frames({}, {}) == ([], {})


def test_open_quote_joins_the_lines_up_to_the_one_that_closes_it():
    assert frames({3: OPEN}, {3: BROKEN, 6: COMPLETE}) == ([(3, 6)], {})


def test_line_that_closes_a_quote_and_opens_another_goes_on():
    assert frames({3: OPEN}, {3: BROKEN, 4: OPEN, 6: COMPLETE}) == ([(3, 6)], {})


def test_line_within_a_record_opens_none_of_its_own():
    assert frames({3: OPEN, 5: OPEN, 6: OPEN}, {3: BROKEN, 5: OPEN, 6: COMPLETE}) == ([(3, 6)], {})


def test_records_follow_one_another():
    within = {3: BROKEN, 4: COMPLETE, 5: OPEN, 7: COMPLETE}
    assert frames({3: OPEN, 5: OPEN}, within) == ([(3, 4), (5, 7)], {})


def test_quote_in_the_midst_of_a_field_spoils_its_own_line_only():
    assert frames({3: BROKEN, 5: OPEN}, {3: BROKEN, 5: BROKEN, 6: COMPLETE}) == (
        [(5, 6)],
        {3: (QuoteFault.WITHIN_FIELD, 3)},
    )


def test_quote_that_is_closed_badly_gives_the_lines_in_between_back():
    found = frames({13: OPEN, 15: OPEN}, {13: BROKEN, 15: BROKEN, 16: COMPLETE})
    assert found == ([(15, 16)], {13: (QuoteFault.CLOSED_WITHIN_FIELD, 15)})


@pytest.mark.parametrize(
    ("last", "within", "fault"),
    [
        (20, {3: BROKEN, 5: OPEN, 8: COMPLETE}, QuoteFault.NOT_WITHIN_BOUND),
        (7, {3: BROKEN, 5: OPEN}, QuoteFault.NEVER_CLOSED),
    ],
    ids=["bound", "end of the file"],
)
def test_quote_that_is_not_closed_gives_the_lines_after_it_back(last, within, fault):
    assert frames({3: OPEN}, within, last=last, max_lines=5) == ([], {3: (fault, 3)})


@pytest.mark.parametrize(("max_lines", "joined"), [(4, [(3, 6)]), (3, [])])
def test_bound_counts_every_line_of_a_record(max_lines, joined):
    assert frames({3: OPEN}, {3: BROKEN, 6: COMPLETE}, max_lines=max_lines)[0] == joined


def test_record_that_swallowed_whole_records_is_taken_apart():
    given = framed(joined=[(3, 6), (8, 9)], broken={7: (QuoteFault.WITHIN_FIELD, 7)})
    assert told(without_swallowed(given, whole=np.array([5]))) == (
        [(8, 9)],
        {3: (QuoteFault.SWALLOWED_ROWS, 6), 7: (QuoteFault.WITHIN_FIELD, 7)},
    )


def test_lines_of_a_text_that_are_no_records_stay_together():
    given = framed(joined=[(3, 6), (8, 9)])
    assert told(without_swallowed(given, whole=np.array([3, 6, 9]))) == told(given)


@pytest.mark.parametrize(
    ("joined", "found"),
    [([], (0, 0)), ([(3, 7)], (0, 0)), ([(3, 8)], (1, 3)), ([(1, 6), (8, 20), (30, 40), (41, 42)], (3, 8))],
)
def test_records_of_more_lines_than_usual_are_counted_and_the_longest_is_named(joined, found):
    long = long_records(framed(joined=joined))
    assert (long.count, long.longest) == found


def test_very_many_records_of_several_lines_take_a_few_numbers_each():
    pairs = 100_000
    records = np.arange(1, 2 * pairs + 1)
    unquiet = LineStates(records, np.tile(np.array([OPEN, BROKEN], dtype=np.int8), pairs))
    within = LineStates(records, np.tile(np.array([BROKEN, COMPLETE], dtype=np.int8), pairs))
    tracemalloc.start()
    found = frame_lines(unquiet, within, last=2 * pairs, max_lines=100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.first) == pairs
    assert peak / pairs < 100  # as Python's own pairs of numbers they are over 200
