"""Write the rows of queries into the sheets of an XLSX file, without holding them, and nothing that would run."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from schemas.errors import UsageError


@dataclass(frozen=True)
class SheetLimits:
    """What a sheet holds, as XLSX limits it: rows with the header, columns, and characters of a cell."""

    rows: int = 1_048_576
    columns: int = 16_384
    characters: int = 32_767


SHEET = SheetLimits()

#: A spreadsheet keeps 15 digits of a number, and no day before 1900.
_MAX_INTEGER = 10**15
_FIRST_YEAR = 1900


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its header and its rows."""

    name: str
    header: Sequence[str]
    rows: Iterator[tuple[Any, ...]]


def refuse_too_large(name: str, *, n_rows: int, n_columns: int, longest: int) -> None:
    """Refuse a table that no sheet holds.

    Raises:
        UsageError: with what it has too much of.
    """
    remedy = "use another --format, or leave the table out with --tables"
    if n_rows >= SHEET.rows:
        raise UsageError(
            f"{name} has {n_rows:,} rows, and a sheet of XLSX holds {SHEET.rows - 1:,} below its header; {remedy}"
        )
    if n_columns > SHEET.columns:
        raise UsageError(f"{name} has {n_columns:,} columns, and a sheet of XLSX holds {SHEET.columns:,}; {remedy}")
    if longest > SHEET.characters:
        raise UsageError(
            f"{name} has a cell of {longest:,} characters, and one of XLSX holds {SHEET.characters:,}; {remedy}"
        )


def write_workbook(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write sheets to an XLSX file, each of them row by row.

    Raises:
        OSError: it cannot be written.
    """
    from xlsxwriter import Workbook  # loaded where a workbook is wanted
    from xlsxwriter.exceptions import XlsxFileError

    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    book = Workbook(str(path), options)
    instant, bold = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}), book.add_format({"bold": True})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        for column, name in enumerate(sheet.header):
            page.write_string(0, column, name, bold)
        for number, row in enumerate(sheet.rows, start=1):
            for column, value in enumerate(map(_cell, row)):
                if isinstance(value, str):  # write() would make a formula of some
                    page.write_string(number, column, value)
                else:
                    page.write(number, column, value, instant if isinstance(value, datetime) else None)
    try:
        book.close()
    except XlsxFileError as error:
        raise OSError(str(error)) from error


def _cell(value: Any) -> Any:
    """Return a value as a cell holds it: as text where it would lose digits, or is none of its numbers and days."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) >= _MAX_INTEGER:
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return str(value) if isinstance(value, date) and value.year < _FIRST_YEAR else value
