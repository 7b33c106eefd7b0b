"""How the header of a delivered file maps to the declared columns."""

import csv
import difflib
from dataclasses import dataclass

from schemas.dataset import Column, items_of, normalise_header
from schemas.errors import DataRefused

#: Tried in this order where the dataset does not declare its delimiter.
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Layout:
    """Where each declared column stands in a record.

    Attributes:
        delimiter: the character between fields.
        header: the headers as delivered.
        positions: declared column name -> place in the header, from 0.
        list_column: the one items column; it takes the fields that a record has too many.
        wide_column: an items column delivered as one 0/1 column an item.
        item_positions: item -> place in the header, of the wide column's items.
        undeclared: headers that no column declares; they are left out.
    """

    delimiter: str
    header: tuple[str, ...]
    positions: dict[str, int]
    list_column: str | None = None
    wide_column: str | None = None
    item_positions: tuple[tuple[str, int], ...] = ()
    undeclared: tuple[str, ...] = ()


def read_layout(header_line: str, columns: tuple[Column, ...], delimiter: str | None, place: str) -> Layout:
    """Return the layout that a header line gives, reading it by the declared columns first.

    Args:
        header_line: the first line of the file that is not blank.
        delimiter: the declared delimiter; None takes the one under which most columns are found.
        place: file and line, for the error.

    Raises:
        DataRefused: a header stands twice, or a declared column is missing.
    """
    chosen = delimiter or _delimiter_by_columns(header_line, columns)
    header = _without_empty_end(split_header(header_line, chosen), columns)
    _refuse_duplicates(header, place)
    positions = _positions(header, columns)
    taken = set(positions.values())
    spare = tuple((name, place_) for place_, name in enumerate(header) if place_ not in taken and name)
    missing = [column for column in columns if column.name not in positions]
    wide = _wide_column(missing, columns, spare)
    if missing and wide is None:
        raise DataRefused(missing_columns(missing, header, place))
    lists = [column.name for column in items_of(columns) if column.name in positions]
    return Layout(
        delimiter=chosen,
        header=header,
        positions=positions,
        list_column=lists[0] if len(lists) == 1 else None,
        wide_column=wide,
        item_positions=spare if wide else (),
        undeclared=() if wide else tuple(name for name, _ in spare),
    )


def split_header(header_line: str, delimiter: str) -> tuple[str, ...]:
    """Return the headers of a line, quoted or not, without blanks around them."""
    csv.field_size_limit(max(csv.field_size_limit(), len(header_line) + 1))
    return tuple(name.strip() for name in next(csv.reader([header_line], delimiter=delimiter, skipinitialspace=True)))


def missing_columns(missing: list[Column], header: tuple[str, ...], place: str) -> str:
    """Return the message for declared columns that the header does not hold."""
    wanted = ", ".join(repr(column.header) for column in missing)
    likely = difflib.get_close_matches(missing[0].header, header, n=1)
    hint = f"; is {likely[0]!r} the same? then set alias={likely[0]!r}" if likely else ""
    found = ", ".join(repr(name) for name in header)
    return (
        f"{place}: column {wanted} is missing (found {found}){hint}; "
        "deliver the column, or name its header with alias= in the schema"
    )


def _without_empty_end(header: tuple[str, ...], columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Return the header without the unnamed end that a delimiter too many makes behind a list.

    It would take the last thing of every list for itself.
    """
    named = len(header)
    while named > 0 and not header[named - 1]:
        named -= 1
    lists = {normalise_header(column.header) for column in items_of(columns)}
    return header[:named] if named and normalise_header(header[named - 1]) in lists else header


def _delimiter_by_columns(header_line: str, columns: tuple[Column, ...]) -> str:
    def found(delimiter: str) -> tuple[int, int]:
        header = split_header(header_line, delimiter)
        return len(_positions(header, columns)), len(header)

    return max(DELIMITERS, key=found)


def _positions(header: tuple[str, ...], columns: tuple[Column, ...]) -> dict[str, int]:
    places = {normalise_header(name): place for place, name in reversed(list(enumerate(header)))}
    wanted = {column.name: normalise_header(column.header) for column in columns}
    return {name: places[key] for name, key in wanted.items() if key in places}


def _refuse_duplicates(header: tuple[str, ...], place: str) -> None:
    first: dict[str, int] = {}
    for number, name in enumerate(header, start=1):
        key = normalise_header(name)
        if key and first.setdefault(key, number) != number:
            raise DataRefused(
                f"{place}: header {name!r} stands twice, in columns {first[key]} and {number} "
                "(case, spaces and underscores do not count); rename or remove one"
            )


def _wide_column(missing: list[Column], columns: tuple[Column, ...], spare: tuple[tuple[str, int], ...]) -> str | None:
    """Return the items column that the spare headers may stand for: the only one, and the only one missing."""
    if len(missing) == 1 and items_of(columns) == tuple(missing) and spare:
        return missing[0].name
    return None
