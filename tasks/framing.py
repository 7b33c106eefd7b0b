"""Which lines are one record: quotes that stay open at the end of a line join it to the next ones.

Arrays in, arrays out: no SQL, no files. The states of the lines come from the dialect's own
patterns; see ``warehouse.generated.records``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

COMPLETE, OPEN, BROKEN = 0, 1, 2


@dataclass(frozen=True)
class UnquietLine:
    """A line whose quotes do not close: its record key and whether the last one stays open."""

    record: int
    state: int


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
    unquiet: Sequence[UnquietLine], within: dict[int, int], last: int, max_lines: int, first: int
) -> Frames:
    """Return the records of more than one line, and the lines with a broken quote.

    A quote that is not closed within the bound, or that is closed in the middle of a field, spoils
    the line that it stands on and no other.

    Args:
        unquiet: the lines whose quotes do not close, ascending.
        within: record key -> state of each line with a quote, if a quote is open where it begins.
        last: key of the last line.
        max_lines: lines that one record may fill.
        first: key of line 1, for the words.
    """
    frames = Frames()
    with_quote = sorted(within)
    place = 0
    inside_until = 0
    for line in unquiet:
        if line.record <= inside_until:
            continue
        if line.state == BROKEN:
            frames.broken[line.record] = "a quote is opened or closed within a field"
            continue
        while place < len(with_quote) and with_quote[place] <= line.record:
            place += 1
        end, reason = _closing_line(
            line.record, with_quote, place, within, min(last, line.record + max_lines - 1), first
        )
        if end is None:
            frames.broken[line.record] = reason if end is None and reason else _not_closed(line.record, last, max_lines)
        else:
            frames.joined.append((line.record, end))
            inside_until = end
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


def _closing_line(
    begin: int, with_quote: Sequence[int], place: int, within: dict[int, int], bound: int, first: int
) -> tuple[int | None, str]:
    while place < len(with_quote) and with_quote[place] <= bound:
        record = with_quote[place]
        if within[record] == COMPLETE:
            return record, ""
        if within[record] == BROKEN:
            return None, f"a quote opened here is closed within a field on line {record - first + 1}"
        place += 1
    return None, ""


def _not_closed(begin: int, last: int, max_lines: int) -> str:
    if begin + max_lines - 1 >= last:
        return "a quote is opened here and never closed"
    return f"a quote is opened here and not closed within {max_lines} lines"
