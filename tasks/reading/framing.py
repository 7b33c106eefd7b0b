"""Which lines are one record: quotes that stay open at the end of a line join it to the next ones.

Keys and states in, keys out: no SQL, no files. The states of the lines come from the dialect's own
patterns; see ``warehouse.statements.records``. Lines are numbers in arrays, as there may be millions.
"""

from array import array
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from schemas.dialect import LineState, LineStates, QuoteFault

#: Lines that a text within quotes usually has at most.
USUAL_LINES = 5


@dataclass(frozen=True)
class Frames:
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
    """How many records have more than ``USUAL_LINES`` lines, and the key of the first line of the longest."""

    count: int = 0
    longest: int = 0


def frame_lines(unquiet: LineStates, within: LineStates, last: int, max_lines: int) -> Frames:
    """Return the records of more than one line, and the lines with a broken quote.

    A quote that is not closed within the bound, or that is closed in the middle of a field, spoils
    the line that it stands on and no other.

    Args:
        unquiet: the lines whose quotes do not close.
        within: the lines with a quote, if a quote is open where they begin.
        last: key of the last line.
        max_lines: lines that one record may fill.
    """
    found = _Found()
    with_quote, states = _plain(within)
    place = 0
    inside_until = 0
    for begin, state in zip(*_plain(unquiet), strict=True):
        if begin <= inside_until:
            continue
        if state == LineState.BROKEN:
            found.breaks(begin, QuoteFault.WITHIN_FIELD, begin)
            continue
        while place < len(with_quote) and with_quote[place] <= begin:
            place += 1
        bound = min(last, begin + max_lines - 1)
        end = _closing_line(with_quote, states, place, bound)
        if end is None:
            is_end_of_file = bound == last
            found.breaks(begin, QuoteFault.NEVER_CLOSED if is_end_of_file else QuoteFault.NOT_WITHIN_BOUND, begin)
        elif states[end] == LineState.COMPLETE:
            inside_until = with_quote[end]
            found.joins(begin, inside_until)
        else:
            found.breaks(begin, QuoteFault.CLOSED_WITHIN_FIELD, with_quote[end])
    return found.frames()


def without_swallowed(frames: Frames, whole: NDArray[np.int64]) -> Frames:
    """Return the frames without the records that swallowed what looks like records of their own.

    A stray quote may find a partner many lines on; what stands between are then customers, and only
    the line with the stray quote is spoiled.

    Args:
        frames: what ``frame_lines`` found.
        whole: keys of the lines that have all the fields of a record, of shape (w,), ascending.
    """
    before = np.searchsorted(whole, frames.first, side="right")
    is_swallowed = np.searchsorted(whole, frames.last, side="left") > before
    spoiled, closing = frames.first[is_swallowed], frames.last[is_swallowed]
    broken = np.concatenate([frames.broken, spoiled])
    in_order = np.argsort(broken, kind="stable")
    faults = np.concatenate([frames.faults, np.full(len(spoiled), QuoteFault.SWALLOWED_ROWS, dtype=np.int64)])
    return Frames(
        first=frames.first[~is_swallowed],
        last=frames.last[~is_swallowed],
        broken=broken[in_order],
        faults=faults[in_order],
        closing=np.concatenate([frames.closing, closing])[in_order],
    )


def long_records(frames: Frames) -> LongRecords:
    """Return the records of more lines than a text within quotes usually has."""
    n_lines = frames.last - frames.first + 1
    count = int(np.count_nonzero(n_lines > USUAL_LINES))
    return LongRecords(count, int(frames.first[np.argmax(n_lines)]) if count else 0)


def _plain(lines: LineStates) -> tuple["array[int]", "array[int]"]:
    """Return the keys and the states as arrays of Python's own, whose numbers are compared ten times as fast."""
    return array("q", lines.records.tobytes()), array("b", lines.states.tobytes())


def _numbers() -> "array[int]":
    return array("q")


@dataclass
class _Found:
    """Frames while they are being found."""

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

    def frames(self) -> Frames:
        return Frames(*(np.frombuffer(numbers, dtype=np.int64) for numbers in vars(self).values()))


def _closing_line(with_quote: "array[int]", states: "array[int]", place: int, bound: int) -> int | None:
    """Return the place of the first line from a place on, up to a bound, on which an open quote ends, well or badly."""
    while place < len(with_quote) and with_quote[place] <= bound:
        if states[place] != LineState.OPEN:
            return place
        place += 1
    return None
