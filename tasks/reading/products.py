"""Which columns of a file are the products of a list that is delivered as one column of 0 and 1 a product."""

from collections.abc import Sequence

from schemas.dialect import Dialect
from tasks.reading.head import head_records, without_closing

#: A product is no other than 0 and 1 in all but this share of the first records, or in all but one.
_MOST_OTHERS = 0.02

#: Products that make a list: one column of 0 and 1 may say anything of a customer.
FEWEST_PRODUCTS = 2

_FLAGS = frozenset({"0", "1"})


def products_among(
    spare: tuple[tuple[str, int], ...], lines: Sequence[str], dialect: Dialect, n_fields: int
) -> tuple[tuple[str, int], ...]:
    """Return those of the columns that nobody declares whose cells are 0 and 1, but for a few.

    Args:
        spare: (header, place) of the columns that nobody declares.
        lines: the first lines below the header.
        dialect: how they write their records.
        n_fields: number of fields of a record.

    Returns:
        All of them where no record shows what they hold.
    """
    rows = _whole_records(lines, dialect, n_fields)
    return tuple((name, place) for name, place in spare if not rows or _is_product(name, [row[place] for row in rows]))


def _is_product(name: str, cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell and cell.casefold() != name.casefold()]  # a header may stand again
    flags = sum(cell in _FLAGS for cell in filled)
    others = len(filled) - flags
    return flags > others and others <= max(1, _MOST_OTHERS * len(cells))


def _whole_records(lines: Sequence[str], dialect: Dialect, n_fields: int) -> list[Sequence[str]]:
    """Return the records with all their fields; line by line where a stray quote joins more than it should."""
    joined = [record.fields for record in head_records(lines, dialect)]
    single = [record.fields for line in lines for record in head_records([line], dialect)]
    opened = ([without_closing(fields, n_fields) for fields in found] for found in (joined, single))
    return max(([fields for fields in found if len(fields) == n_fields] for found in opened), key=len)
