"""Find the columns of a list that is delivered as one column per item: in words for yes and no, or with counts."""

import re
from collections import Counter
from collections.abc import Sequence

from schemas.dialect import Dialect
from schemas.layout import WideCells
from schemas.yes_no import YES_NO
from tasks.reading.head import head_records, without_closing

#: Share of the first records, or one of them, in which the cell of an item may be other than yes and no.
_OTHERS_SHARE = 0.02

#: Items that make a list: one column of 0 and 1 may say anything of a customer.
FEWEST_ITEMS = 2

#: How many of an item a customer bought; more would be an amount.
_COUNT = re.compile(r"[0-9]{1,2}(\.0+)?")

_Named = tuple[tuple[str, int], ...]


def wide_items(spare: _Named, lines: Sequence[str], dialect: Dialect, n_fields: int) -> tuple[_Named, WideCells]:
    """Return those of the undeclared columns whose cells are 1 and 0 or the like, with few exceptions; and these words.

    They are those of most columns. Columns of counts are items where they are more than those of words.

    Args:
        spare: (header, position) of the undeclared columns.
        lines: the first lines below the header.
        dialect: how they write their records.
        n_fields: number of fields of a record.

    Returns:
        All of them where no record shows what they hold.
    """
    rows = _whole_records(lines, dialect, n_fields)
    if not rows:
        return spare, WideCells()
    columns = {
        (name, position): [cell for row in rows if (cell := row[position].lower()) != name.lower()]  # or a header again
        for name, position in spare
    }
    found = [({one for one, cells in columns.items() if _are_words(cells, (*yes, *no))}, yes, no) for yes, no in YES_NO]
    items, yes, no = max(found, key=lambda one: len(one[0]))
    counts = {one for one, cells in columns.items() if _are_counts(cells)}
    if are_counts := len(counts) > len(items - counts):
        (items, yes, no) = (counts | found[0][0], *YES_NO[0])
    seen = {cell for one in items for cell in columns[one]}
    blank = () if seen.intersection(no) else ("",)  # a blank says no where nothing else does
    present, absent = (tuple(word for word in words if word in seen) or words[:1] for words in (yes, (*no, *blank)))
    return tuple(one for one in spare if one in items), WideCells(present, absent, are_counts=are_counts)


def _are_words(cells: Sequence[str], words: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    flags = sum(cell in words for cell in filled)
    others = len(filled) - flags
    return flags > others and others <= max(1, _OTHERS_SHARE * len(cells))


def _are_counts(cells: Sequence[str]) -> bool:
    """Return whether cells are small numbers, mostly 0 or blank: of most items a customer has none."""
    counted = Counter(int(float(cell or 0)) for cell in cells if _COUNT.fullmatch(cell or "0"))
    others = len(cells) - counted.total()
    is_mostly_none = counted[0] == max(counted.values(), default=-1)
    return others <= max(1, _OTHERS_SHARE * len(cells)) and is_mostly_none and max(counted, default=0) > 1


def _whole_records(lines: Sequence[str], dialect: Dialect, n_fields: int) -> list[Sequence[str]]:
    """Return the records with all their fields; line by line where a stray quote joins more than it should."""
    joined = [record.fields for record in head_records(lines, dialect)]
    single = [record.fields for line in lines for record in head_records([line], dialect)]
    opened = ([without_closing(fields, n_fields) for fields in found] for found in (joined, single))
    return max(([fields for fields in found if len(fields) == n_fields] for found in opened), key=len)
