"""Turn the copied files into records: lines, heads, fields."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from schemas.dataset import Column
from schemas.dialect import LineRange, NumberMarks
from schemas.errors import DataRefused
from schemas.layout import Layout
from warehouse.connection import Connection, read_sql
from warehouse.statements.fields import create_fields, select_difference, select_trailing_share
from warehouse.statements.lists import select_separators
from warehouse.statements.numbers import select_number_marks
from warehouse.statements.quotes import select_skipped
from warehouse.statements.records import select_records
from warehouse.tables import read_dicts, read_value

#: Lines and characters among which the header is looked for, with whatever precedes it.
_HEAD_LINES, _HEAD_CHARACTERS = 500, 1 << 20


@dataclass(frozen=True)
class LineCounts:
    """How many lines a source has, those of its header, and those that are skipped: blank ones and comments."""

    lines: int
    header_lines: int
    blank_lines: int
    comment_lines: int


@dataclass(frozen=True)
class SeparatedLists:
    """What a text makes of lists if it separates their items.

    Attributes:
        lists: lists that hold something.
        separated: those of them that hold the text.
        parts: what it splits these into.
        shared: those parts that other lists hold too.
    """

    lists: int
    separated: int
    parts: int
    shared: int


def read_head(copy: Path, n_lines: int = _HEAD_LINES) -> list[str]:
    """Return the first lines of a copied file, without their ends; one that is cut is left out, unless it is all."""
    with copy.open(encoding="utf-8", newline="\n") as file:
        lines = file.read(_HEAD_CHARACTERS).split("\n")
        if len(lines) > 1 and file.read(1):
            lines.pop()
    return lines[:n_lines]


def create_work_tables(database: Connection) -> None:
    """Create the tables that the sources are read into, empty."""
    names = ("lines", "sources", "undecodable", "raws", "broken_quotes", "rejected")
    database.execute("".join(read_sql(f"create_{name}") for name in names))


def load_lines(database: Connection, copy: Path, undecodable: Path, source_name: str, path: str) -> LineRange:
    """Read a copied file into ``work.lines``, blank lines too, and return the keys of its lines.

    Args:
        undecodable: the lines with undecodable bytes; need not exist.
        source_name: the file as the published tables name it.
        path: the file, for the error.

    Raises:
        DataRefused: a line is longer than 16 MiB.
    """
    before = int(read_value(database, "SELECT coalesce(max(last_record), 0) FROM work.sources"))
    try:
        database.execute(read_sql("insert_lines"), {"path": str(copy), "lines_before": before})
    except duckdb.InvalidInputException as error:
        if "Maximum line size" not in str(error):
            raise
        raise DataRefused(f"{path}: a line is longer than 16 MiB; expected one line per customer") from error
    if undecodable.exists():
        database.execute(read_sql("insert_undecodable"), {"path": str(undecodable), "lines_before": before})
    last = int(read_value(database, "SELECT coalesce(max(record), 0) FROM work.lines"))
    parameters = {"source_name": source_name, "first_record": before + 1, "last_record": last}
    database.execute(read_sql("insert_source"), parameters)
    return LineRange(before + 1, last)


def trailing_share(database: Connection, layout: Layout, records: LineRange) -> float:
    """Return the share of records with a trailing delimiter among those of some lines."""
    return float(read_value(database, select_trailing_share(layout, records)))


def view_fields(database: Connection, layout: Layout, columns: Sequence[Column], lines: LineRange) -> None:
    """Make ``work.record_fields`` of a source: its records as the layout reads them."""
    database.execute(create_fields(layout, columns, lines))


def first_difference(database: Connection, layout: Layout, column: Column, position: int) -> dict[str, Any] | None:
    """Return the first record whose cell of a column differs from that at another position: record, value, other."""
    return next(iter(read_dicts(database, select_difference(layout, column, position))), None)


def count_separators(
    database: Connection, layout: Layout, columns: Sequence[Column], separators: Sequence[str], records: LineRange
) -> dict[str, SeparatedLists]:
    """Count what each of some texts makes of the lists of some columns; a text that is in none of them is left out."""
    found = read_dicts(database, select_separators(layout, columns, separators, records))
    return {row.pop("separator"): SeparatedLists(**row) for row in found}


def number_marks(database: Connection, layout: Layout, columns: Sequence[Column]) -> NumberMarks:
    """Return what the numbers of ``work.record_fields`` show of decimal and thousands marks."""
    query = select_number_marks(layout, columns)
    if query is None:
        return NumberMarks()
    counts = read_dicts(database, query)[0]
    return NumberMarks(**{name: count or 0 for name, count in counts.items()})


def keep_writing(database: Connection, layout: Layout, lines: LineRange) -> LineCounts:
    """Keep in ``work.sources`` how a source is written, and return the count of its lines."""
    dialect = layout.dialect
    skipped = read_dicts(database, select_skipped(dialect, lines))[0]
    counts = LineCounts(
        lines=lines.last - lines.first + 1,
        header_lines=layout.first_line - layout.header_line if layout.header_line else 0,
        **skipped,
    )
    marks = {"decimal_mark": dialect.decimal, "thousands_mark": dialect.thousands, "unclear_mark": dialect.unclear}
    kept = {name: count for name, count in asdict(counts).items() if name != "lines"}
    database.execute(read_sql("update_source"), {**marks, **kept, "first_record": lines.first})
    return counts


def insert_records(
    database: Connection, layout: Layout, columns: Sequence[Column], lines: LineRange, *, is_first: bool
) -> int:
    """Split the records of a source into ``work.records`` and return how many there are."""
    selected = select_records(layout, columns, lines.first)
    into = "CREATE OR REPLACE TABLE work.records AS" if is_first else "INSERT INTO work.records"
    database.execute(f"{into} {selected}")
    within = "SELECT count(*) FROM work.records WHERE _record BETWEEN $first AND $last"
    return int(read_value(database, within, {"first": lines.first, "last": lines.last}))
