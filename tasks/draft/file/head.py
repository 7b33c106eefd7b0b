"""Find the header: which of the first records names the columns, if any does."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile, zip_longest

from tasks.draft.text.cell_types import cell_type_of
from tasks.draft.text.headers import is_named_like_list
from tasks.reading.header import HEADER_WITHIN

#: Types that no column name has.
_DATA_TYPES = frozenset({"number", "instant", "link", "mail", "uuid", "phone"})

#: Share of a column's filled cells that have one type, and share of the records that must reach the column.
_ONE_TYPE, _REACHED = 0.8, 0.5

_YEAR = re.compile(r"(?:19|20)\d\d")

_RULED = re.compile(r"[-=_+:]{2,}")

Record = Sequence[str]


@dataclass(frozen=True)
class Head:
    """The records before the first customer.

    Attributes:
        header: index of the header among the records, from 0; None where there is none.
        first: index of the first customer.
    """

    header: int | None
    first: int


def find_head(records: Sequence[Record]) -> Head:
    """Return where the header and the first customer are among the first records.

    A header is recognized by columns of one type, such as numbers, whose first cell has another type;
    where no column has one type, by texts that no later record repeats.
    """
    types = _column_types(records)
    if not types:
        titles = _count_titles(records)
        return Head(None, 0) if _is_repeated(records[titles:]) else Head(titles, titles + 1)
    first = next((index for index, record in enumerate(records[:HEADER_WITHIN]) if _is_customer(record, types)), None)
    if first is None:
        titles = _count_titles(records)
        return Head(titles, titles + 1)
    if first == 0:
        return Head(0, 1) if _names_years(records, types) else Head(None, 0)
    return Head(_fullest(records[:first], len(records[first])), first)


def _column_types(records: Sequence[Record]) -> dict[int, str]:
    """Return the columns that have one type: index -> type."""
    types = {}
    for index, column in enumerate(zip_longest(*(records[1:] or records))):
        reached = [_type_of(cell) for cell in column if cell is not None]
        filled = [found for found in reached if found not in ("empty", "missing")]
        found, n = Counter(filled).most_common(1)[0] if filled else ("", 0)
        if found in _DATA_TYPES and n >= _ONE_TYPE * len(filled) and len(reached) >= _REACHED * (len(records) - 1):
            types[index] = found
    return types


def _type_of(cell: str) -> str:
    """Return the type of a cell; the first of a column of numbers may be the only one with a unit."""
    found = cell_type_of(cell)
    return "number" if found == "amount" else found


def _count_titles(records: Sequence[Record]) -> int:
    """Return how many of the first records hold one text alone, while most have several fields."""
    width = Counter(map(len, records)).most_common(1)[0][0]
    titles = takewhile(
        lambda record: len(_names(record)) < 2 and not is_named_like_list(record[0]), records[:HEADER_WITHIN]
    )
    n = len(list(titles)) if width > 1 else 0
    return n if n < len(records) - 1 else 0


def _is_customer(record: Record, types: dict[int, str]) -> bool:
    """Return whether most cells have the type of their columns, and no column name is among them."""
    cells = [(column, _type_of(record[index])) for index, column in types.items() if index < len(record)]
    same = sum(column == own for column, own in cells)
    filled = sum(own not in ("empty", "missing") for _, own in cells)
    return same > 0 and 2 * same > filled and 2 * len(cells) >= len(types)


def _fullest(records: Sequence[Record], width: int) -> int:
    """Return the index of the record with most different names, one of the customers' width before all others.

    Of equals it is the last, unless it repeats the first.
    """
    best = 0
    for index, record in enumerate(records):
        names, most = _names(record), _names(records[best])
        rank, best_rank = (len(record) == width, len(names)), (len(records[best]) == width, len(most))
        if rank > best_rank or (rank == best_rank and names != most):
            best = index
    return best


def _names(record: Record) -> set[str]:
    """Return the texts of a record that may name columns; a line drawn under the header does not."""
    return {cell for cell in record if cell and not _RULED.fullmatch(cell)}


def _is_repeated(records: Sequence[Record]) -> bool:
    """Return whether a cell of the first record comes again: a customer's value, not a column's name."""
    filled = [cell for cell in records[0] if cell]
    first = {cell for cell in filled if cell_type_of(cell) != "missing"}
    is_within = len(set(filled)) < len(filled)
    return is_within or any(cell in first for record in records[1:] if record != records[0] for cell in record)


def _names_years(records: Sequence[Record], types: dict[int, str]) -> bool:
    """Return whether the first record holds years over numbers, and a name that never comes again."""
    numbers = [records[0][index] for index, found in types.items() if found == "number" and index < len(records[0])]
    others = {cell for index, cell in enumerate(records[0]) if index not in types and cell}
    is_years = len(numbers) > 1 and all(_YEAR.fullmatch(cell) for cell in numbers) and len(set(numbers)) == len(numbers)
    return is_years and bool(others) and not any(others & set(record) for record in records[1:])
