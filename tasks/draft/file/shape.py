"""The shape of a file's records: plain columns, or columns and a list that runs on into more fields."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from schemas.errors import DataRefused
from tasks.draft.file.head import Head, Record
from tasks.draft.text.headers import is_named_like_list
from tasks.draft.text.looks import look_of
from tasks.reading.head import without_closing
from tasks.reading.header import refuse_duplicate_headers

#: Share of the fields of a list that stand elsewhere in the lists too.
_SHARED = 0.5

#: Share of the fields of a list that may be numbers or days.
_NO_WORDS = 0.2

#: Share of the records that must have more fields than the header has names.
_RUNS_ON = 0.02

#: Share of the records that must have a delimiter behind their last field, which no header names.
_CLOSED = 0.9

#: Share of the records that must have the same number of fields where there is no list.
_ONE_WIDTH = 0.5


@dataclass(frozen=True)
class Shape:
    """How many columns a file has, and which of them is a list that takes the fields that are too many.

    Attributes:
        header: the names as delivered; None where the file has none.
        n_columns: number of columns.
        list_place: place of the list, from 0; None where there is none.
        closes_records: whether the records, but not the header, have a delimiter behind their last field.
    """

    header: tuple[str, ...] | None
    n_columns: int
    list_place: int | None = None
    closes_records: bool = False

    @property
    def closed_width(self) -> int:
        """Number of fields of a record with a delimiter behind the last one; 0 where there is none such."""
        return self.n_columns + 1 if self.closes_records else 0

    @property
    def list_column(self) -> int:
        """Number of the list, from 1; 0 where there is none."""
        return 0 if self.list_place is None else self.list_place + 1

    @property
    def headings(self) -> list[str]:
        """What to call the columns in a message: their headers, or their numbers."""
        return [self.header[place] if self.header else f"{place + 1}" for place in range(self.n_columns)]

    def takes(self, width: int) -> bool:
        """Return whether a record of so many fields has every column."""
        return width == self.n_columns or (self.list_place is not None and width > self.n_columns)


def find_shape(records: Sequence[Record], head: Head, place: str) -> Shape:
    """Return the shape of the first records of a file.

    Raises:
        DataRefused: the records have many lengths, and no list explains them.
    """
    customers = [record for record in records[head.first :] if record != _header(records, head)]
    header = _header(records, head)
    if header is not None:
        refuse_duplicate_headers(header, place)
        return _under_header(header, customers, place)
    widths = Counter(len(record) for record in customers)
    width, n = widths.most_common(1)[0]
    start = _list_start(customers) if len(widths) > 2 or n < _ONE_WIDTH * len(customers) else None
    if start is not None:
        return Shape(None, start + 1, start)
    _refuse_many_widths(widths, len(customers), place)
    return Shape(None, width)


def _header(records: Sequence[Record], head: Head) -> tuple[str, ...] | None:
    return None if head.header is None else tuple(" ".join(name.split()) for name in records[head.header])


def _under_header(header: tuple[str, ...], customers: Sequence[Record], place: str) -> Shape:
    named = _named(header)
    longer = [record for record in customers if len(record) > named]
    if len(longer) > _RUNS_ON * len(customers):
        list_place = _list_place(header[:named], longer)
        if list_place is not None:
            return Shape(header[:named], named, list_place)
    closed = sum(len(without_closing(record, len(header))) < len(record) for record in customers)
    if closed > _CLOSED * len(customers):
        return Shape(header, len(header), closes_records=True)
    if customers:
        _refuse_many_widths(Counter(len(record) for record in customers), len(customers), place, len(header))
    return Shape(header, len(header))


def _named(header: tuple[str, ...]) -> int:
    """Return the number of fields up to the last that has a name."""
    return max((place + 1 for place, name in enumerate(header) if name), default=len(header))


def _list_place(header: tuple[str, ...], longer: Sequence[Record]) -> int | None:
    """Return the column that holds a list in the records that have more fields than the header: the last, if it may."""
    places = sorted(range(len(header)), key=lambda place: (is_named_like_list(header[place]), place), reverse=True)
    found = (place for place in places if _is_list_place(header, longer, place))
    return next(found, None)


def _is_list_place(header: tuple[str, ...], longer: Sequence[Record], place: int) -> bool:
    after = len(header) - 1 - place
    lists = [record[place : len(record) - after] for record in longer]
    if not _are_lists(lists):
        return is_named_like_list(header[place]) and _are_words(lists)
    things = set(chain.from_iterable(lists))
    neighbours = [[record[place - 1] for record in longer]] if place else []
    neighbours += [[record[-after] for record in longer]] if after else []
    return all(sum(text in things for text in cells) < _SHARED * len(cells) for cells in neighbours)


def _list_start(customers: Sequence[Record]) -> int | None:
    """Return the first field from which on the records of a file without header share their texts."""
    for start in range(min(len(record) for record in customers) + 1):
        if _are_lists([record[start:] for record in customers]):
            return start
    return None


def _are_lists(lists: Sequence[Record]) -> bool:
    """Return whether the fields are words that stand at several places and in several records."""
    if not _are_words(lists):
        return False
    places: dict[str, set[int]] = {}
    owners = Counter[str]()
    for fields in lists:
        for place, text in enumerate(fields):
            places.setdefault(text, set()).add(place)
        owners.update({text for text in fields if text})
    firsts = [fields[0] for fields in lists if fields and fields[0]]
    every = [text for text in chain.from_iterable(lists) if text]
    return all(
        sum(owners[text] > 1 and len(places[text]) > 1 for text in cells) >= _SHARED * len(cells)
        for cells in (firsts, every)
    )


def _are_words(lists: Sequence[Record]) -> bool:
    """Return whether the lists hold words, and the first field as well as the others does."""
    for cells in ([fields[0] for fields in lists if fields], list(chain.from_iterable(lists))):
        filled = [text for text in cells if text]
        plain = sum(look_of(text) not in ("word", "text", "missing") for text in filled)
        if not filled or plain > _NO_WORDS * len(filled):
            return False
    return True


def _refuse_many_widths(widths: Counter[int], n_records: int, place: str, wanted: int | None = None) -> None:
    width, n = widths.most_common(1)[0]
    most = widths[wanted] if wanted is not None else n
    if most >= _ONE_WIDTH * n_records:
        return
    names = f"the header names {wanted}" if wanted is not None else f"most often {width}"
    raise DataRefused(
        f"{place}: the first records hold {min(widths)} to {max(widths)} fields and {names}, which {most:,} of "
        f"{n_records:,} have, and no list of things explains it; expected one number of fields, so deliver one table a "
        "file, or write the schema by hand as in schemas/customers.py"
    )
