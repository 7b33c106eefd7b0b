"""Tell a header from a customer: which of the first records names the columns, if any does."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from tasks.draft.text.headers import is_named_like_list
from tasks.draft.text.looks import look_of
from tasks.reading.header import HEADER_WITHIN

#: Looks that no column name has.
_DATA_LOOKS = frozenset({"number", "amount", "instant", "link", "e-mail", "uuid", "phone"})

#: Share of a column's filled cells that look alike in a column of one look.
_ONE_LOOK = 0.8

#: Share of the records that must reach a column before its look is asked.
_REACHED = 0.5

_YEAR = re.compile(r"(?:19|20)\d\d")

Record = Sequence[str]


@dataclass(frozen=True)
class Head:
    """The records before the first customer.

    Attributes:
        header: place of the header among the records, from 0; None where there is none.
        first: place of the first customer.
    """

    header: int | None
    first: int


def find_head(records: Sequence[Record]) -> Head:
    """Return where the header and the first customer stand among the first records.

    A header is told by columns of one look, such as numbers, whose first cell has another look;
    where no column has one look, by texts that no later record repeats.
    """
    looks = _column_looks(records)
    if not looks:
        title = _titles(records)
        return Head(None, 0) if _is_repeated(records[title:]) else Head(title, title + 1)
    first = next((place for place, record in enumerate(records[:HEADER_WITHIN]) if _is_customer(record, looks)), None)
    if first is None:
        return Head(_titles(records), _titles(records) + 1)
    if first == 0:
        return Head(0, 1) if _names_years(records, looks) else Head(None, 0)
    return Head(_fullest(records[:first]), first)


def _titles(records: Sequence[Record]) -> int:
    """Return how many of the first records hold one text alone, while most have several fields."""
    width = Counter(len(record) for record in records).most_common(1)[0][0]
    titles = takewhile(
        lambda record: len(_names(record)) < 2 and not is_named_like_list(record[0]), records[:HEADER_WITHIN]
    )
    n = len(list(titles)) if width > 1 else 0
    return n if n < len(records) - 1 else 0


def _column_looks(records: Sequence[Record]) -> dict[int, str]:
    """Return the columns that have one look: place -> look."""
    found: dict[int, Counter[str]] = {}
    for record in records[1:] or records:
        for place, cell in enumerate(record):
            found.setdefault(place, Counter())[look_of(cell)] += 1
    looks = {}
    for place, counts in found.items():
        reached = counts.total()
        for plain in ("empty", "missing"):
            counts.pop(plain, None)
        look, n = counts.most_common(1)[0] if counts else ("", 0)
        is_enough = reached >= _REACHED * (len(records) - 1) and counts.total() > 0
        if look in _DATA_LOOKS and is_enough and n >= _ONE_LOOK * counts.total():
            looks[place] = look
    return looks


def _is_customer(record: Record, looks: dict[int, str]) -> bool:
    """Return whether most cells have the look of their columns, and no column name stands among them."""
    cells = [(look, look_of(record[place])) for place, look in looks.items() if place < len(record)]
    same = sum(look == own for look, own in cells)
    filled = sum(own not in ("empty", "missing") for _, own in cells)
    return same > 0 and 2 * same > filled and 2 * len(cells) >= len(looks)


def _fullest(records: Sequence[Record]) -> int:
    """Return the place of the record with most different names; of equals the last, unless it repeats the first."""
    best = 0
    for place, record in enumerate(records):
        names, most = _names(record), _names(records[best])
        if len(names) > len(most) or (len(names) == len(most) and names != most):
            best = place
    return best


def _names(record: Record) -> set[str]:
    return {cell for cell in record if cell}


def _is_repeated(records: Sequence[Record]) -> bool:
    """Return whether later records hold a cell of the first one again: a customer's value, not a column's name."""
    first = {cell for cell in records[0] if cell and look_of(cell) != "missing"}
    if len(_names(records[0])) < len([cell for cell in records[0] if cell]):
        return True
    return any(cell in first for record in records[1:] if record != records[0] for cell in record)


def _names_years(records: Sequence[Record], looks: dict[int, str]) -> bool:
    """Return whether the first record holds years in a row over numbers, and a name that never comes again."""
    numbers = [records[0][place] for place, look in looks.items() if look == "number" and place < len(records[0])]
    others = {cell for place, cell in enumerate(records[0]) if place not in looks and cell}
    is_years = len(numbers) > 1 and all(_YEAR.fullmatch(cell) for cell in numbers) and len(set(numbers)) == len(numbers)
    return is_years and bool(others) and not any(others & set(record) for record in records[1:])
