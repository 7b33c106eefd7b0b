"""Write customers as a file in many dialects, and know by nothing of the project what should be read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.properties.readings import AROUND

HEADERS = ("Age", "Location", "Purchase History")
COLUMNS = ("age", "location", "purchase_history")

#: Digits of ASCII, full-width ones, Arabic and Persian ones; those of other scripts are not read.
DIGITS = "0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9"

Values = tuple[int, str, list[str]]


@dataclass(frozen=True)
class Customer:
    """One customer as a retailer's program knows it.

    Attributes:
        age: in years, as it is written; a text that is no age is a fault.
    """

    age: str
    location: str
    items: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the row can be a customer at all."""
        is_age = re.fullmatch(f"[{DIGITS}]{{1,3}}", self.age) is not None and int(self.age) <= 120
        return is_age and self.location.strip(AROUND) != ""

    @property
    def values(self) -> Values:
        """What should stand in the table: texts without blanks around them, things once, each line end a LF."""
        items = (_as_read(item) for item in self.items)
        return int(self.age), _as_read(self.location), list(dict.fromkeys(item for item in items if item))


@dataclass(frozen=True)
class Dialect:
    """How a retailer's program writes a file.

    Attributes:
        delimiter: the text between fields.
        quote: the character around fields; None where the program knows no quotes.
        quotes_all: whether every field of a customer is quoted, or only the one that needs it.
        quotes_header: whether the headers are quoted.
        end: the line end.
        ends_last: whether the last line has one too.
        encoding: the text encoding.
        mark: whether the text begins with a byte-order mark.
        separator: what stands between the items of a list.
        spills: whether a list is written without quotes, so that each item is a field of its own.
        order: places of age, location and list among the columns.
    """

    delimiter: str = ","
    quote: str | None = '"'
    quotes_all: bool = False
    quotes_header: bool = False
    end: str = "\n"
    ends_last: bool = True
    encoding: str = "utf-8"
    mark: bool = False
    separator: str = ","
    spills: bool = False
    order: tuple[int, int, int] = (0, 1, 2)

    @property
    def meaning(self) -> str:
        """The characters that mean something within a field."""
        return self.delimiter + (self.quote or "") + "\r\n"


@dataclass(frozen=True)
class Rendered:
    """A file, and the line on which each record begins and ends.

    Attributes:
        content: its bytes.
        records: the text of each customer.
        lines: of each customer, from the line on which the record begins up to its last one.
        quote: the character around fields.
    """

    content: bytes
    records: Sequence[str]
    lines: list[range]
    quote: str | None

    def is_plain(self, lines: range) -> bool:
        """Return whether the customer on some lines is written without quotes, on one line."""
        return len(lines) == 1 and (self.quote or "") not in self.records[self.lines.index(lines)]


def render(customers: Sequence[Customer], dialect: Dialect) -> Rendered:
    """Write a header and the customers in a dialect."""
    return render_records([record(customer, dialect) for customer in customers], dialect)


def render_records(records: Sequence[str], dialect: Dialect) -> Rendered:
    """Write a header and records that are text already, as a file in a dialect."""
    header = [_quoted(name, dialect) if dialect.quotes_header else name for name in HEADERS]
    texts = [_in_order(header, dialect), *records]
    lines, begin = [], 1
    for text in texts:
        n_ends = len(re.findall("\r\n|\r|\n", text))
        lines.append(range(begin, begin + n_ends + 1))
        begin += n_ends + 1
    whole = dialect.end.join(texts) + (dialect.end if dialect.ends_last else "")
    marked = "\ufeff" + whole if dialect.mark else whole
    return Rendered(marked.encode(dialect.encoding), records, lines[1:], dialect.quote)


def record(customer: Customer, dialect: Dialect) -> str:
    """Write one customer."""
    gap = " " if dialect.separator == "," and len(customer.location) % 2 else ""  # some write one, some do not
    things = f"{dialect.separator}{gap}".join(customer.items)
    written = things if dialect.spills else _field(things, dialect)
    return _in_order([_field(customer.age, dialect), _field(customer.location, dialect), written], dialect)


def _field(text: str, dialect: Dialect) -> str:
    needs_quotes = any(mark in text for mark in dialect.meaning)
    if dialect.quote is None:
        assert not needs_quotes, f"{text!r} cannot be written without quotes"
        return text
    return _quoted(text, dialect) if needs_quotes or dialect.quotes_all else text


def _quoted(text: str, dialect: Dialect) -> str:
    quote = dialect.quote or ""
    return quote + text.replace(quote, 2 * quote) + quote if quote else text


def _in_order(fields: Sequence[str], dialect: Dialect) -> str:
    return dialect.delimiter.join(fields[place] for place in dialect.order)


def _as_read(text: str) -> str:
    return re.sub("\r\n?", "\n", text).strip(AROUND)
