"""``Dialect``: the delimiter, quotes and other CSV conventions of a delivered file, as declared or detected."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

#: Stands for a delimiter of several characters; no delivered file holds it.
UNIT_SEPARATOR = "\x1f"


class LineState(IntEnum):
    """How the quotes of a line end: all closed, the last one open, or one where none can stand."""

    COMPLETE = 0
    OPEN = 1
    BROKEN = 2


class QuoteFault(IntEnum):
    """Why the quotes of a line make no sense."""

    WITHIN_FIELD = 0
    CLOSED_WITHIN_FIELD = 1
    NEVER_CLOSED = 2
    NOT_WITHIN_BOUND = 3
    SPANS_RECORDS = 4


#: Each fault in words; ``{line}`` is the line that closes the quote, ``{max_lines}`` the most lines of a record.
QUOTE_FAULTS: dict[QuoteFault, str] = {
    QuoteFault.WITHIN_FIELD: "a quote is opened or closed within a field",
    QuoteFault.CLOSED_WITHIN_FIELD: "a quote opened here is closed within a field on line {line}",
    QuoteFault.NEVER_CLOSED: "a quote is opened here and never closed",
    QuoteFault.NOT_WITHIN_BOUND: "a quote is opened here and not closed within {max_lines} lines",
    QuoteFault.SPANS_RECORDS: "a quote opened here is closed on line {line} only, with whole records in between",
}


@dataclass(frozen=True)
class LineRange:
    """The keys of some lines: those of the first and the last."""

    first: int
    last: int


@dataclass(frozen=True)
class LineStates:
    """How the quotes of some lines end, in the order of the lines.

    Attributes:
        record: keys of the lines, of shape (n,), ascending.
        state: the ``LineState`` of each, of shape (n,).
    """

    record: NDArray[np.int64]
    state: NDArray[np.int64]


@dataclass(frozen=True)
class Dialect:
    """How a file writes its records and numbers.

    Attributes:
        delimiter: the text between fields.
        quote: the character around fields that hold a delimiter, a quote or a line break; None
            where the file has no quotes.
        escape: the character before a quote within quotes; None where a quote is doubled instead.
        comment: lines that begin with it are no records; None where there are no such lines.
        decimal: the character between the whole and the fraction of a number.
        thousands: the character between groups of three digits; None where there is none.
        unclear: the marks that may be either where they precede three digits; None where that is clear.
        item_separator: the character between the items of a list within one field.
    """

    delimiter: str = ","
    quote: str | None = '"'
    escape: str | None = None
    comment: str | None = None
    decimal: str = "."
    thousands: str | None = None
    unclear: str | None = None
    item_separator: str = ","

    @property
    def delimiter_character(self) -> str:
        """The one character that replaces the delimiter where that is longer."""
        return self.delimiter if len(self.delimiter) == 1 else UNIT_SEPARATOR


#: Decimal mark -> the one that so groups the digits.
OTHER_MARK = {",": ".", ".": ","}

#: Share of the numbers that must show a mark for it to count beside another: one stray cell may not decide.
_SHOWN = 0.05


@dataclass(frozen=True)
class NumberMarks:
    """How many numbers of a file can be read in one way only, by what they show.

    Attributes:
        unclear_points: numbers whose points precede three digits each, and that may be read in either way.
        grouped_whole_numbers: whole numbers with commas before three digits each.
        grouped_whole_points: whole numbers with points before three digits each, not all of them zeros.
    """

    decimal_commas: int = 0
    decimal_points: int = 0
    grouping_commas: int = 0
    grouping_points: int = 0
    unclear_points: int = 0
    grouped_whole_numbers: int = 0
    grouped_whole_points: int = 0

    @property
    def decimal(self) -> str:
        """The decimal mark that most numbers show; a point where none does, or too few beside the unclear ones."""
        is_comma = self._commas > self.decimal_points and self._commas >= _SHOWN * self.unclear_points
        return "," if is_comma else "."

    @property
    def thousands(self) -> str | None:
        """The mark between groups of three digits that the numbers show; None where they show none."""
        points = self.grouping_points + self.grouped_whole_points
        commas = self.grouping_commas + self.grouped_whole_numbers
        if not (points if self.decimal == "," else commas):
            return None
        return OTHER_MARK[self.decimal]

    @property
    def unclear(self) -> str | None:
        """The marks that may be the decimal one or that of thousands where they stand before three digits.

        They are clear where numbers show what they are, and none but a few show the contrary.
        """
        grouping = self.thousands or "" if self.is_mixed else ""
        if self.decimal == ",":
            return grouping + "," * bool(self.grouped_whole_numbers) or None
        is_shown = self.decimal_points > 0 and not self.is_mixed
        return grouping + "." * bool(self.unclear_points and not is_shown) or None

    @property
    def is_mixed(self) -> bool:
        """Whether more than a few numbers show the other decimal mark."""
        fewer, more = sorted((self._commas, self.decimal_points))
        return fewer > 0 and fewer >= _SHOWN * more

    @property
    def _commas(self) -> int:
        return self.decimal_commas + self.grouped_whole_points
