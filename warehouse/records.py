"""Turn the copied files into records: lines, heads, fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from schemas.dataset import Column
from schemas.dialect import Dialect, NumberMarks
from schemas.errors import DataRefused
from schemas.fields import Role
from schemas.layout import Layout
from warehouse.connection import Connection, read_sql
from warehouse.framing import has_mark
from warehouse.statements.numbers import select_number_marks
from warehouse.statements.records import (
    RecordRange,
    lists_to_separate,
    select_bracketed,
    select_closed,
    select_has_unseen,
    select_records,
    select_separators,
)
from warehouse.tables import read_dicts, read_value

#: Records by which it is known whether a delimiter stands behind the last field, and share that must have it.
_RECORDS_TO_KNOW_THE_END_BY, _MOST_CLOSED = 1000, 0.9

#: Lines and characters in which the header stands, with whatever is written before it.
_HEAD_LINES, _HEAD_CHARACTERS = 500, 1 << 20

#: Marks that may stand between the items of a list instead of commas, records by which it is known whether they do,
#: and share of the marked lists that commas in others are few beside.
_SEPARATORS = ("|", ";")
_RECORDS_TO_KNOW_SEPARATORS_BY = 50_000
_FEW = 0.1


def read_head(copy: Path, n_lines: int = _HEAD_LINES) -> list[str]:
    """Return the first lines of a copied file, without their ends; one that is cut is left out, unless it is all."""
    with copy.open(encoding="utf-8", newline="\n") as file:
        lines = file.read(_HEAD_CHARACTERS).split("\n")
        if len(lines) > 1 and file.read(1):
            lines.pop()
    return lines[:n_lines]


def create_work_tables(database: Connection) -> None:
    """Create the tables that the sources are read into, empty."""
    names = ("lines", "sources", "undecodable", "raws", "rejected")
    database.execute("".join(read_sql(f"create_{name}") for name in names))


def load_lines(database: Connection, copy: Path, undecodable: Path, source_name: str, place: str) -> RecordRange:
    """Read a copied file into ``work.lines``, blank lines too, and return the keys of its lines.

    Args:
        undecodable: the lines that hold bytes which are no text; need not exist.
        source_name: the file as the published tables name it.
        place: the file, for the error.

    Raises:
        DataRefused: a line is longer than 16 MiB.
    """
    before = int(read_value(database, "SELECT coalesce(max(last_record), 0) FROM work.sources"))
    try:
        database.execute(read_sql("insert_lines"), {"path": str(copy), "lines_before": before})
    except duckdb.InvalidInputException as error:
        if "Maximum line size" not in str(error):
            raise
        raise DataRefused(f"{place}: a line is longer than 16 MiB; expected one line a customer") from error
    if undecodable.exists():
        database.execute(read_sql("insert_undecodable"), {"path": str(undecodable), "lines_before": before})
    last = int(read_value(database, "SELECT coalesce(max(record), 0) FROM work.lines"))
    parameters = {"source_name": source_name, "first_record": before + 1, "last_record": last}
    database.execute(read_sql("insert_source"), parameters)
    return RecordRange(before + 1, last)


def records_are_closed(database: Connection, layout: Layout, lines: RecordRange) -> bool:
    """Return whether nearly all records have a delimiter behind their last field, which no header names.

    One record that has it may as well have a delimiter too many elsewhere, and its last field empty.
    """
    if layout.takes_more:
        return False
    found = read_dicts(database, select_closed(layout, lines, _RECORDS_TO_KNOW_THE_END_BY))[0]
    return bool(found["closed"] > _MOST_CLOSED * found["records"])


def has_unseen(database: Connection, dialect: Dialect, lines: RecordRange) -> bool:
    """Return whether a source holds white space other than blanks, or marks that nobody sees."""
    return bool(read_value(database, select_has_unseen(dialect, lines)))


def bracketed_lists(
    database: Connection, layout: Layout, columns: Sequence[Column], lines: RecordRange
) -> tuple[str, ...]:
    """Return the names of the items columns whose lists stand in brackets, nearly all of them."""
    lists = [column for column in columns if column.role is Role.ITEMS and column.name in layout.positions]
    if not lists or not any(has_mark(database, bracket, lines) for bracket in "[({"):
        return ()
    found = read_dicts(database, select_bracketed(layout, lists, lines))[0]
    return tuple(name for name, is_bracketed in found.items() if is_bracketed)


@dataclass(frozen=True)
class ListWriting:
    """How the lists of a source are written.

    Attributes:
        separator: the text between the items.
        spills: whether lists may run on into more fields.
    """

    separator: str
    spills: bool = True


def list_writing(database: Connection, layout: Layout, columns: Sequence[Column], lines: RecordRange) -> ListWriting:
    """Return how the lists are written: with the declared separator, else the comma, unless another shows.

    Another shows where it stands in lists, and hardly any comma does; the delimiter of the file does where it
    stands in more lists than the comma, whether within quotes or as lists run on into more fields.
    """
    declared = [column.settings.separator for column in columns if column.name == layout.list_column]
    if declared and declared[0]:
        return ListWriting(declared[0])
    delimiter, usual = layout.dialect.delimiter, layout.dialect.item_separator
    lists = lists_to_separate(layout, columns)
    possible = [*(mark for mark in _SEPARATORS if mark not in delimiter), *([delimiter] if delimiter != usual else [])]
    marks = [mark for mark in possible if has_mark(database, mark, lines)] if lists else []
    if not marks:
        return ListWriting(usual)
    query = select_separators(layout, columns, [usual, *marks], lines, _RECORDS_TO_KNOW_SEPARATORS_BY)
    found = {row["mark"]: row for row in read_dicts(database, query)}
    n_marked = {mark: row["marked"] for mark, row in found.items()}
    n_usual = n_marked.get(usual, 0)
    n_others = max([n_usual, *(n_marked.get(mark, 0) for mark in marks if mark != delimiter)])
    if delimiter != usual and n_marked.get(delimiter, 0) > n_others:
        return ListWriting(delimiter)
    others = [mark for mark in marks if mark != delimiter and mark in found and _separates(found[mark])]
    if len(others) == 1 and n_usual <= _FEW * n_marked[others[0]]:
        return ListWriting(others[0])
    return ListWriting(usual, spills=delimiter == usual or n_marked.get(delimiter, 0) >= _FEW * n_usual)


def _separates(found: Mapping[str, int]) -> bool:
    """Return whether a mark stands between things: in half of the lists, or between parts that other lists have too."""
    is_in_half = 2 * found["marked"] >= found["lists"]
    return is_in_half or 2 * found["known"] >= found["parts"]


def number_marks(database: Connection, layout: Layout, columns: Sequence[Column]) -> NumberMarks:
    """Return what the numbers of ``work.framed`` show of decimal and thousands marks."""
    query = select_number_marks(layout, columns)
    if query is None:
        return NumberMarks()
    counts = read_dicts(database, query)[0]
    return NumberMarks(**{name: count or 0 for name, count in counts.items()})


def insert_records(
    database: Connection, layout: Layout, columns: Sequence[Column], lines: RecordRange, *, is_first: bool
) -> int:
    """Split the records of a source into ``work.records`` and return how many there are."""
    dialect = layout.dialect
    marks = {
        "decimal_mark": dialect.decimal,
        "thousands_mark": dialect.thousands,
        "unclear_mark": dialect.unclear,
    }
    database.execute(read_sql("update_source"), {**marks, "first_record": lines.first})
    selected = select_records(layout, columns, lines.first)
    into = "CREATE OR REPLACE TABLE work.records AS" if is_first else "INSERT INTO work.records"
    database.execute(f"{into} {selected}")
    return int(
        read_value(
            database,
            "SELECT count(*) FROM work.records WHERE _record BETWEEN $first AND $last",
            {"first": lines.first, "last": lines.last},
        )
    )
