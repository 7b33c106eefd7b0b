"""Which lines are one record, by the states of their quotes alone."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from schemas.dialect import LineState, LineStates, QuoteFault
from tasks.reading.record_spans import RecordSpans, find_spans, long_records, spans_of_records, without

COMPLETE, OPEN, BROKEN = LineState.COMPLETE, LineState.OPEN, LineState.BROKEN


def line_states(states):
    records = np.array(list(states), dtype=np.int64)
    return LineStates(records, np.array(list(states.values()), dtype=np.int64))


def spans(joined=(), broken=None):
    """RecordSpans of (first, last) pairs and of record -> (fault, closing line)."""
    faults = broken or {}
    columns = [[first for first, _ in joined], [last for _, last in joined], list(faults)]
    columns += [[fault for fault, _ in faults.values()], [closing for _, closing in faults.values()]]
    return RecordSpans(*(np.array(column, dtype=np.int64) for column in columns))


def in_words(spans):
    """The same of spans, to be compared."""
    joined = list(zip(spans.first.tolist(), spans.last.tolist(), strict=True))
    faults = zip(spans.faults.tolist(), spans.closing.tolist(), strict=True)
    return joined, dict(zip(spans.broken.tolist(), faults, strict=True))


def found_spans(unbalanced, closing, last=20, max_lines=100):
    return in_words(find_spans(line_states(unbalanced), line_states(closing), last=last, max_lines=max_lines))


def test_every_quoteless_line_is_a_record():
    assert found_spans({}, {}) == ([], {})


def test_open_quote_joins_lines_until_closed():
    assert found_spans({3: OPEN}, {3: BROKEN, 6: COMPLETE}) == ([(3, 6)], {})


def test_line_that_reopens_a_quote_goes_on():
    assert found_spans({3: OPEN}, {3: BROKEN, 4: OPEN, 6: COMPLETE}) == ([(3, 6)], {})


def test_line_closing_a_record_opens_none():
    assert found_spans({3: OPEN, 5: OPEN, 6: OPEN}, {3: BROKEN, 5: OPEN, 6: COMPLETE}) == ([(3, 6)], {})


def test_records_follow_one_another():
    closing = {3: BROKEN, 4: COMPLETE, 5: OPEN, 7: COMPLETE}
    assert found_spans({3: OPEN, 5: OPEN}, closing) == ([(3, 4), (5, 7)], {})


def test_quote_within_a_field_rejects_its_line():
    assert found_spans({3: BROKEN, 5: OPEN}, {3: BROKEN, 5: BROKEN, 6: COMPLETE}) == (
        [(5, 6)],
        {3: (QuoteFault.WITHIN_FIELD, 3)},
    )


def test_badly_closed_quote_gives_lines_back():
    found = found_spans({13: OPEN, 15: OPEN}, {13: BROKEN, 15: BROKEN, 16: COMPLETE})
    assert found == ([(15, 16)], {13: (QuoteFault.CLOSED_WITHIN_FIELD, 15)})


@pytest.mark.parametrize(
    ("last", "closing", "fault"),
    [
        (20, {3: BROKEN, 5: OPEN, 8: COMPLETE}, QuoteFault.NOT_WITHIN_BOUND),
        (7, {3: BROKEN, 5: OPEN}, QuoteFault.NEVER_CLOSED),
    ],
    ids=["bound", "end of the file"],
)
def test_unclosed_quote_gives_lines_back(last, closing, fault):
    assert found_spans({3: OPEN}, closing, last=last, max_lines=5) == ([], {3: (fault, 3)})


@pytest.mark.parametrize(("max_lines", "joined"), [(4, [(3, 6)]), (3, [])])
def test_bound_counts_every_line(max_lines, joined):
    assert found_spans({3: OPEN}, {3: BROKEN, 6: COMPLETE}, max_lines=max_lines)[0] == joined


def test_span_of_whole_records_is_taken_apart():
    given = spans(joined=[(3, 6), (8, 9)], broken={7: (QuoteFault.WITHIN_FIELD, 7)})
    assert in_words(without(given, np.array([3]))) == (
        [(8, 9)],
        {3: (QuoteFault.SPANS_RECORDS, 6), 7: (QuoteFault.WITHIN_FIELD, 7)},
    )


def test_other_spans_stay_together():
    given = spans(joined=[(3, 6), (8, 9)])
    assert in_words(without(given, np.array([], dtype=np.int64))) == in_words(given)


@pytest.mark.parametrize(
    ("n_fields", "of_lines", "is_wrong"),
    [
        (3, [3, 2, 0], True),
        (3, [2, 0], False),
        (2, [2], False),
        (2, [2, 2], False),
        (2, [2, 2, 2], True),
        (2, [2, 2, 3], False),
        (2, [2, 2, 2, 2, 2, 3], True),
        (2, [2, 2, 2, 2, 2, 0], False),
        (2, [], False),
    ],
)
def test_lines_with_all_fields_look_like_records(n_fields, of_lines, is_wrong):
    inner = pd.DataFrame({"first_record": [1] * len(of_lines), "n_fields": of_lines}, dtype="int64")
    assert spans_of_records(inner, n_fields).tolist() == ([1] if is_wrong else [])


def test_lines_of_each_span_agree_by_themselves():
    inner = pd.DataFrame({"first_record": [1, 1, 1, 9, 9, 9], "n_fields": [2, 2, 1, 2, 2, 2]})
    assert spans_of_records(inner, 2).tolist() == [9]


@pytest.mark.parametrize(
    ("joined", "found"),
    [([], (0, 0)), ([(3, 7)], (0, 0)), ([(3, 8)], (1, 3)), ([(1, 6), (8, 20), (30, 40), (41, 42)], (3, 8))],
)
def test_long_records_are_counted(joined, found):
    long = long_records(spans(joined=joined))
    assert (long.count, long.longest) == found


def test_many_spans_take_little_memory():
    pairs = 100_000
    records = np.arange(1, 2 * pairs + 1)
    unbalanced = LineStates(records, np.tile(np.array([OPEN, BROKEN], dtype=np.int64), pairs))
    closing = LineStates(records, np.tile(np.array([BROKEN, COMPLETE], dtype=np.int64), pairs))
    tracemalloc.start()
    found = find_spans(unbalanced, closing, last=2 * pairs, max_lines=100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.first) == pairs
    assert peak / pairs < 100  # as Python's own pairs of numbers they are over 200
