"""Which lines are one record: quotes that stay open at the end of a line join it to the next ones.

Keys and states in, keys out: no SQL, no files. The states of the lines come from the dialect's own
patterns; see ``warehouse.generated.records``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from schemas.dialect import LineState


@dataclass
class Frames:
    """Which lines make one record, and which have quotes that make no sense.

    Attributes:
        joined: (first, last) record keys of the lines that are one record.
        broken: record key -> why its quotes make no sense, in words.
    """

    joined: list[tuple[int, int]] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)


def frame_lines(
    unquiet: Mapping[int, LineState], within: Mapping[int, LineState], first: int, last: int, max_lines: int
) -> Frames:
    """Return the records of more than one line, and the lines with a broken quote.

    A quote that is not closed within the bound, or that is closed in the middle of a field, spoils
    the line that it stands on and no other.

    Args:
        unquiet: record key -> state of each line whose quotes do not close, ascending.
        within: record key -> state of each line with a quote, if a quote is open where it begins, ascending.
        first: key of line 1, for the words.
        last: key of the last line.
        max_lines: lines that one record may fill.
    """
    frames = Frames()
    with_quote = list(within)
    place = 0
    inside_until = 0
    for begin, state in unquiet.items():
        if begin <= inside_until:
            continue
        if state is LineState.BROKEN:
            frames.broken[begin] = "a quote is opened or closed within a field"
            continue
        while place < len(with_quote) and with_quote[place] <= begin:
            place += 1
        bound = min(last, begin + max_lines - 1)
        end = _closing_line(with_quote, place, within, bound)
        if end is not None and within[end] is LineState.COMPLETE:
            frames.joined.append((begin, end))
            inside_until = end
        elif end is not None:
            frames.broken[begin] = f"a quote opened here is closed within a field on line {end - first + 1}"
        elif bound == last:
            frames.broken[begin] = "a quote is opened here and never closed"
        else:
            frames.broken[begin] = f"a quote is opened here and not closed within {max_lines} lines"
    return frames


def without_swallowed(frames: Frames, whole: set[int], first: int) -> Frames:
    """Return the frames without the records that swallowed what looks like records of their own.

    A stray quote may find a partner many lines on; what stands between are then customers, and only
    the line with the stray quote is spoiled.

    Args:
        frames: what ``frame_lines`` found.
        whole: keys of the lines inside joined records that have all the fields of a record.
        first: key of line 1, for the words.
    """
    kept = Frames(broken=dict(frames.broken))
    for begin, end in frames.joined:
        if any(record in whole for record in range(begin + 1, end)):
            kept.broken[begin] = (
                f"a quote opened here is closed on line {end - first + 1} only, with whole records in between"
            )
        else:
            kept.joined.append((begin, end))
    return kept


def _closing_line(with_quote: Sequence[int], place: int, within: Mapping[int, LineState], bound: int) -> int | None:
    """Return the first line from a place on, up to a bound, on which an open quote ends, well or badly."""
    while place < len(with_quote) and with_quote[place] <= bound:
        if within[with_quote[place]] is not LineState.OPEN:
            return with_quote[place]
        place += 1
    return None
