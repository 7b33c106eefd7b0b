"""Print result tables: formatted with rich on a terminal, as plain text or CSV when piped."""

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from schemas.shown import counted, shown, shown_lines
from schemas.spreadsheet import with_mark


@dataclass(frozen=True)
class Layout:
    """What a terminal has room for.

    Attributes:
        min_column: characters that a column of a query needs at least, its border included; with less there is
            one line per cell.
        max_rows: rows of a query that are shown at most.
        unbroken: columns that are of no use in pieces.
    """

    min_column: int = 11
    max_rows: int = 1_000
    unbroken: tuple[str, ...] = ("run", "as of", "status")


LAYOUT = Layout()

#: Characters of a number that are not digits.
_NO_DIGITS = str.maketrans("", "", ",.+-")


class _Console(Console):
    """A console that no text of a file steers, and whose reader may stop reading: the command ends quietly then."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print texts with what would steer the terminal escaped."""
        super().print(*(shown_lines(one) if isinstance(one, str) else one for one in objects), **options)

    def on_broken_pipe(self) -> None:
        """Let the command line end."""
        raise BrokenPipeError


def result_console() -> Console:
    """Return the console for results: standard output, where lines are not broken unless it is a terminal."""
    return _Console(soft_wrap=not sys.stdout.isatty(), highlight=False)


def number(value: float | None, form: str) -> str:
    """Return a number in a format such as ``".2f"``; nothing where there is none."""
    return "" if value is None else format(value, form)


def print_table(console: Console, title: str, rows: Sequence[dict[str, str]]) -> None:
    """Print rows under their names; numbers to the right. Without borders when piped."""
    names = list(rows[0]) if rows else []
    if not console.is_terminal:
        console.print(title)
        _print_plain(console, names, rows)
        return
    table = Table(title=title, title_justify="left", show_edge=False)
    for name in names:
        is_number = all(_is_number(row[name]) for row in rows)
        is_unbroken = name in LAYOUT.unbroken
        table.add_column(name, justify="right" if is_number else "left", overflow="fold", no_wrap=is_unbroken)
    for row in rows:
        table.add_row(*(escape(shown(cell)) for cell in row.values()))
    console.print(table, "\n")


def print_rows(names: Sequence[str], rows: Iterable[Sequence[Any]], *, marks_formulas: bool = True) -> None:
    """Print the rows of a query: a table of the first ones on a terminal, CSV of all when piped.

    Args:
        names: of the columns.
        rows: their values.
        marks_formulas: whether CSV gets a mark before what a spreadsheet would run.
    """
    if sys.stdout.isatty():
        first = [["" if v is None else str(v) for v in row] for row in islice(rows, LAYOUT.max_rows + 1)]
        _print_on_terminal(result_console(), names, first[: LAYOUT.max_rows])
        if len(first) > LAYOUT.max_rows:
            print(f"these are the first {LAYOUT.max_rows:,} rows; for all of them, add | less or > rows.csv")
        return
    writer, n_marked = csv.writer(sys.stdout, lineterminator="\n"), 0
    for line in chain([names], rows):
        cells = [with_mark(cell) if marks_formulas and isinstance(cell, str) else cell for cell in line]
        n_marked += sum(cell is not marked for cell, marked in zip(line, cells, strict=True))
        writer.writerow(cells)
    say_marked(n_marked)


def say_marked(n_cells: int) -> None:
    """Say on standard error how many cells were marked, if any."""
    if n_cells:
        have = "has" if n_cells == 1 else "have"
        print(
            f"segments: {counted(n_cells, 'cell')} that a spreadsheet would run {have} a ' before "
            "(--formulas keep writes them as they are)",
            file=sys.stderr,
        )


def _print_plain(console: Console, names: Sequence[str], rows: Sequence[dict[str, str]]) -> None:
    lines = [[shown(cell) for cell in line] for line in (names, *(row.values() for row in rows))]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        console.print("  " + "  ".join(cells).rstrip(), markup=False)
    console.print()


def _is_number(text: str) -> bool:
    return text.rstrip("%").translate(_NO_DIGITS).isdigit() or text == ""


def _print_on_terminal(console: Console, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, or one line per cell where the columns would be too narrow to read."""
    if not rows:
        console.print("no rows")
        return
    if len(names) * LAYOUT.min_column <= console.width:
        table = Table(*(escape(shown(name)) for name in names), show_edge=False)
        for row in rows:
            table.add_row(*(escape(shown(cell)) for cell in row))
        console.print(table)
        return
    names = list(map(shown, names))
    max_name = max(map(len, names))
    for row_number, row in enumerate(rows, start=1):
        console.rule(f"row {row_number}", align="left")
        for name, cell in zip(names, row, strict=True):
            console.print(f"{name.ljust(max_name)}  {cell}", markup=False)
