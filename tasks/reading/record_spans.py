"""Find which lines form one record: a quote left open at the end of a line joins it to the next ones.

Keys and states in, keys out: no SQL, no files. The states of the lines come from the dialect's own
patterns; see ``warehouse.statements.quotes``. Lines are numbers in arrays, as there may be millions.
"""

from array import array
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from schemas.dialect import LineState, LineStates, QuoteFault


@dataclass(frozen=True)
class SpanLimits:
    """What tells a text of several lines from a stray quote that joins records.

    Attributes:
        usual_lines: lines that a text within quotes usually has at most; longer ones are stated.
        few_fields: fields of a record of which a line of a text may have as many by chance.
        agreeing_lines: lines of a record of so few fields that are records if all of them look it; fewer may be text.
        many_lines: lines above which some may have more fields, as longer lists have.
    """

    usual_lines: int = 5
    few_fields: int = 2
    agreeing_lines: int = 3
    many_lines: int = 5


SPAN_LIMITS = SpanLimits()


@dataclass(frozen=True)
class RecordSpans:
    """Which lines make one record, and which have quotes that make no sense; all int64.

    Attributes:
        first: keys of the first lines of the records of several lines, of shape (m,), ascending.
        last: keys of their last lines, of shape (m,).
        broken: keys of the lines whose quotes make no sense, of shape (b,), ascending.
        faults: the ``QuoteFault`` of each, of shape (b,).
        closing: key of the line that closes the quote of each, of shape (b,); its own where none does.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    broken: NDArray[np.int64]
    faults: NDArray[np.int64]
    closing: NDArray[np.int64]


@dataclass(frozen=True)
class LongRecords:
    """How many records have more than the usual number of lines, and the key of the first line of the longest."""

    count: int = 0
    longest: int = 0


def find_spans(unbalanced: LineStates, closing: LineStates, last: int, max_lines: int) -> RecordSpans:
    """Return the records of more than one line, and the lines with a broken quote.

    A quote that is not closed within the bound, or that is closed in the middle of a field, rejects
    the line on which it opens and no other.

    Args:
        unbalanced: the lines whose quotes do not close.
        closing: the lines with a quote, if a quote is open where they begin.
        last: key of the last line.
        max_lines: lines that one record may fill.
    """
    found = _Found()
    with_quote, states = _plain(closing)
    index = 0
    inside_until = 0
    for begin, state in zip(*_plain(unbalanced), strict=True):
        if begin <= inside_until:
            continue
        if state == LineState.BROKEN:
            found.breaks(begin, QuoteFault.WITHIN_FIELD, begin)
            continue
        while index < len(with_quote) and with_quote[index] <= begin:
            index += 1
        bound = min(last, begin + max_lines - 1)
        end = _closing_index(with_quote, states, index, bound)
        if end is None:
            is_end_of_file = bound == last
            found.breaks(begin, QuoteFault.NEVER_CLOSED if is_end_of_file else QuoteFault.NOT_WITHIN_BOUND, begin)
        elif states[end] == LineState.COMPLETE:
            inside_until = with_quote[end]
            found.joins(begin, inside_until)
        else:
            found.breaks(begin, QuoteFault.CLOSED_WITHIN_FIELD, with_quote[end])
    return found.spans()


def spans_of_records(inner: pd.DataFrame, n_fields: int, limits: SpanLimits = SPAN_LIMITS) -> NDArray[np.int64]:
    """Return the first lines of the spans that join what looks like records of their own.

    A line inside that has all the fields does. Of few fields a line of a text may have as many, so that one alone
    shows nothing: all lines of several do that have exactly these fields; of many lines, a list may run on.

    Args:
        inner: one row per line that is neither the first nor the last of a span: first_record, n_fields.
        n_fields: fields of a record, 2 or more.
    """
    if n_fields > limits.few_fields:
        return inner.loc[inner["n_fields"] >= n_fields, "first_record"].unique()
    found = inner.groupby("first_record")["n_fields"].agg(["size", "min", "max"])
    is_exact = (found["max"] == n_fields) | (found["size"] > limits.many_lines)
    agree = (found["size"] >= limits.agreeing_lines) & (found["min"] == n_fields) & is_exact
    return found.index[agree].to_numpy()


def without(spans: RecordSpans, wrong: NDArray[np.int64]) -> RecordSpans:
    """Return the spans without those that begin on some lines.

    A stray quote may find a partner many lines on; what is between them are then customers, and only
    the line with the stray quote is rejected.
    """
    is_wrong = np.isin(spans.first, wrong)
    broken = np.concatenate([spans.broken, spans.first[is_wrong]])
    in_order = np.argsort(broken, kind="stable")
    faults = np.concatenate([spans.faults, np.full(is_wrong.sum(), QuoteFault.SPANS_RECORDS, dtype=np.int64)])
    return RecordSpans(
        first=spans.first[~is_wrong],
        last=spans.last[~is_wrong],
        broken=broken[in_order],
        faults=faults[in_order],
        closing=np.concatenate([spans.closing, spans.last[is_wrong]])[in_order],
    )


def long_records(spans: RecordSpans, limits: SpanLimits = SPAN_LIMITS) -> LongRecords:
    """Return the records of more lines than a text within quotes usually has."""
    n_lines = spans.last - spans.first + 1
    count = int(np.count_nonzero(n_lines > limits.usual_lines))
    return LongRecords(count, int(spans.first[np.argmax(n_lines)]) if count else 0)


def _plain(lines: LineStates) -> tuple["array[int]", "array[int]"]:
    """Return the keys and the states as arrays of Python's own, whose numbers are compared ten times as fast."""
    return array("q", lines.record.astype(np.int64).tobytes()), array("q", lines.state.astype(np.int64).tobytes())


def _numbers() -> "array[int]":
    return array("q")


@dataclass
class _Found:
    """Spans while they are being found."""

    first: "array[int]" = field(default_factory=_numbers)
    last: "array[int]" = field(default_factory=_numbers)
    broken: "array[int]" = field(default_factory=_numbers)
    faults: "array[int]" = field(default_factory=_numbers)
    closing: "array[int]" = field(default_factory=_numbers)

    def joins(self, first: int, last: int) -> None:
        self.first.append(first)
        self.last.append(last)

    def breaks(self, record: int, fault: QuoteFault, closing: int) -> None:
        self.broken.append(record)
        self.faults.append(fault)
        self.closing.append(closing)

    def spans(self) -> RecordSpans:
        return RecordSpans(*(np.frombuffer(numbers, dtype=np.int64) for numbers in vars(self).values()))


def _closing_index(with_quote: "array[int]", states: "array[int]", index: int, bound: int) -> int | None:
    """Return the index of the first line from one on, up to a bound, on which an open quote ends, well or badly."""
    while index < len(with_quote) and with_quote[index] <= bound:
        if states[index] != LineState.OPEN:
            return index
        index += 1
    return None
