"""``segments audience``: list the customers of a segment for upload, or what has changed since the last list."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, get_args

from cyclopts import Parameter

from flows.cli.options import DEFAULT_HOME, FormulasOption, HomeOption
from flows.cli.tables import say_marked
from schemas.errors import UsageError
from schemas.shown import counted, shown, shown_lines
from warehouse.exporting import ExportFormat, TableFormat
from warehouse.home.directory import Home

#: Formats that are text, and can be printed.
_PRINTED = ("csv", "json")


def audience(
    segment: str,
    /,
    *,
    format: ExportFormat | None = None,
    output: Path | None = None,
    columns: str | None = None,
    hash: str | None = None,
    country_code: str | None = None,
    delta: Annotated[bool, Parameter(negative="")] = False,
    formulas: FormulasOption = "mark",
    force: bool = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """List the customers of a segment for upload.

    Parameters
    ----------
    segment
        Number or name of the published segment.
    format
        Of the list; left out, it is that of the name of the output, and csv where it is printed.
    output
        The file to write. It is then the list that --delta compares the next one with; left out, the list is printed.
    columns
        Columns of customers with commas between them; left out, those of --hash, or customer_id alone.
    hash
        Columns to list as SHA-256: e-mail addresses trimmed and in lower case, phone numbers as +4915112345678.
    country_code
        Of phone numbers without one, such as 1 or 49.
    delta
        List the customers added and removed since the last list alone, with a column change.
    force
        Write over a file that exists.
    """
    from tasks.list_audience import ListOrder, list_audience

    form = TableFormat(format_of(output, format), marks_formulas=formulas == "mark")
    order = ListOrder(segment, columns, hash, country_code, delta)
    with _printed() as stdout:
        listed = list_audience(Home(home), order, form, output or stdout, force=force)
    for remark in listed.remarks:
        print(f"segments: {shown(remark)}", file=sys.stderr)
    say_marked(listed.n_marked)
    name = f"segment {listed.segment_id}" + (f" ({listed.segment_name})" if listed.segment_name else "")
    if output is not None:
        changes = "" if listed.added is None else f", {listed.added:,} added and {listed.removed:,} removed"
        print(shown(f"{output}: {counted(listed.n_rows, 'row')} of {name}{changes}"))
    elif delta:
        print("segments: printed only: with --output the next --delta is compared with this list", file=sys.stderr)


@contextmanager
def _printed() -> Iterator[BinaryIO]:
    """Yield standard output as bytes; a terminal gets them with what would steer it escaped."""
    if not sys.stdout.isatty():
        yield sys.stdout.buffer
        return
    written = io.BytesIO()
    yield written
    print(shown_lines(written.getvalue().decode()), end="")


def format_of(output: Path | None, asked: ExportFormat | None) -> ExportFormat:
    """Return the format asked for, or that of the output's name.

    Raises:
        UsageError: the two are not the same, or nothing but a file can hold it.
    """
    if output is None:
        if asked in _PRINTED or asked is None:
            return asked or "csv"
        raise UsageError(f"--format {asked} cannot be printed; name a file with --output")
    named = next((form for form in get_args(ExportFormat) if output.suffix.lower() == f".{form}"), None)
    if asked and named and asked != named:
        raise UsageError(f"--output {output} is named as {named}, and --format is {asked}; make them the same")
    return asked or named or "csv"
