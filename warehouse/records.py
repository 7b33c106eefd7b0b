"""Turn the copied file into records: lines, header, fields."""

from pathlib import Path

import duckdb

from schemas.dataset import Column
from schemas.errors import DataRefused
from schemas.layout import Layout
from warehouse.generated import create_records
from warehouse.opening import Connection, read_sql
from warehouse.tables import read_value

#: Records looked at to tell 0/1 columns from columns that merely are not declared.
_ROWS_TO_KNOW_FLAGS_BY = 1000


def load_lines(database: Connection, copy: Path, place: str) -> None:
    """Read the copied file into ``work.lines``, blank lines too.

    Raises:
        DataRefused: a line is longer than 16 MiB.
    """
    try:
        database.execute(read_sql("create_lines"), {"path": str(copy)})
    except duckdb.InvalidInputException as error:
        if "Maximum line size" not in str(error):
            raise
        raise DataRefused(f"{place}: a line is longer than 16 MiB; expected one line a customer") from error


def read_header(database: Connection, place: str) -> tuple[int, str]:
    """Return the line number and the text of the first line that is not blank.

    Raises:
        DataRefused: every line is blank.
    """
    found = database.execute(read_sql("select_header")).fetchall()
    if not found:
        raise DataRefused(f"{place} holds blank lines only; expected a header line and one row a customer")
    number, line = found[0]
    return number, line


def split_records(database: Connection, layout: Layout, columns: tuple[Column, ...], header_line_number: int) -> int:
    """Split the lines into ``work.records`` and return how many there are."""
    database.execute(create_records(layout, columns, header_line_number))
    return int(read_value(database, "SELECT count(*) FROM work.records"))


def wide_cells_are_flags(
    database: Connection, layout: Layout, columns: tuple[Column, ...], header_line_number: int
) -> bool:
    """Return whether the headers that no column declares hold 0 and 1 in most of the first records."""
    sample = create_records(layout, columns, header_line_number) + f" LIMIT {_ROWS_TO_KNOW_FLAGS_BY}"
    database.execute(sample)
    faults, rows = database.execute(read_sql("count_wide_faults"), {"n_fields": len(layout.header)}).fetchall()[0]
    return bool(rows == 0 or faults * 2 <= rows)
