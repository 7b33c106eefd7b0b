"""Find the columns of a list that is delivered as one 0/1 column per item."""

from collections.abc import Sequence

from schemas.dialect import Dialect
from tasks.reading.head import head_records, without_closing

#: Share of the first records, or one of them, in which the cell of an item may be other than 0 and 1.
_OTHERS_SHARE = 0.02

#: Items that make a list: one column of 0 and 1 may say anything of a customer.
FEWEST_ITEMS = 2

_FLAGS = frozenset({"0", "1"})


def wide_items(
    spare: tuple[tuple[str, int], ...], lines: Sequence[str], dialect: Dialect, n_fields: int
) -> tuple[tuple[str, int], ...]:
    """Return those of the undeclared columns whose cells are 0 and 1, with few exceptions.

    Args:
        spare: (header, position) of the undeclared columns.
        lines: the first lines below the header.
        dialect: how they write their records.
        n_fields: number of fields of a record.

    Returns:
        All of them where no record shows what they hold.
    """
    rows = _whole_records(lines, dialect, n_fields)
    return tuple(
        (name, position) for name, position in spare if not rows or _is_item(name, [row[position] for row in rows])
    )


def _is_item(name: str, cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell and cell.casefold() != name.casefold()]  # a header may be repeated
    flags = sum(cell in _FLAGS for cell in filled)
    others = len(filled) - flags
    return flags > others and others <= max(1, _OTHERS_SHARE * len(cells))


def _whole_records(lines: Sequence[str], dialect: Dialect, n_fields: int) -> list[Sequence[str]]:
    """Return the records with all their fields; line by line where a stray quote joins more than it should."""
    joined = [record.fields for record in head_records(lines, dialect)]
    single = [record.fields for line in lines for record in head_records([line], dialect)]
    opened = ([without_closing(fields, n_fields) for fields in found] for found in (joined, single))
    return max(([fields for fields in found if len(fields) == n_fields] for found in opened), key=len)
