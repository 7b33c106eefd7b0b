"""``Dialect``: how a delivered file writes its records, as it was declared or found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """How a file writes its records and numbers.

    Attributes:
        delimiter: the text between fields.
        quote: the character around fields that hold a delimiter, a quote or a line break; None
            where the file has no quotes.
        escape: the character before a quote within quotes; None where a quote is doubled instead.
        comment: lines that begin with it are no records; None where there are no such lines.
        has_header: whether the first record names the columns.
        decimal: the character between the whole and the fraction of a number.
        thousands: the character between groups of three digits; None where there is none.
        item_separator: the character between the items of a list that stands in one field.
    """

    delimiter: str = ","
    quote: str | None = '"'
    escape: str | None = None
    comment: str | None = None
    has_header: bool = True
    decimal: str = "."
    thousands: str | None = None
    item_separator: str = ","
