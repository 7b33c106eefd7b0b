"""``segments rejects``: print the rejected rows of a run, or write them to a CSV file to correct and run again."""

import io
import shlex
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from flows.cli.options import DEFAULT_HOME, HomeOption
from flows.cli.tables import print_rows
from schemas.errors import UsageError
from schemas.shown import counted, shown
from tasks.reading.repair import RepairShape
from warehouse.home.directory import Home
from warehouse.home.ledger import sources_read
from warehouse.home.run import Order
from warehouse.private_files import finished_file
from warehouse.rejected import RejectedRow, judged_run, rejected_rows


def rejects(
    run_id: str | None = None, *, csv: Path | None = None, home: HomeOption = DEFAULT_HOME, force: bool = False
) -> None:
    """Return the rejected rows of a run.

    Parameters
    ----------
    run_id
        The run; left out, the newest one whose rows were checked.
    csv
        The CSV file to write.
    force
        Write over a file that exists.
    """
    print_rejects(Home(home), run_id) if csv is None else write_rejects(Home(home), run_id, csv, force=force)


def print_rejects(home: Home, run_id: str | None = None) -> None:
    """Print the rejected rows of a run: a table on a terminal, else what ``write_rejects`` would write.

    Raises:
        UsageError: there is no such run, or rows of several files were rejected and no terminal shows them.
    """
    manifest = judged_run(home, run_id)
    with rejected_rows(home, manifest) as rows:
        names = list(dict.fromkeys(row.source_name for row in rows))
    if not names:
        _say_none(manifest)
        return
    with rejected_rows(home, manifest) as rows:
        if sys.stdout.isatty():
            header = ("source", "line", "reason", "row")
            print_rows(header, [(row.source_name, row.line_number, row.reason, row.raw) for row in rows])
            return
        if len(names) > 1:
            raise UsageError(f"rows of {len(names)} files were rejected; --csv FILE writes a file for each of them")
        shape = _shape(manifest, names[0])
        _write(sys.stdout.buffer, replace(shape, encoding=shape.encoding.removesuffix("-sig")), rows)


def write_rejects(home: Home, run_id: str | None, output: Path, *, force: bool) -> None:
    """Write the rejected rows of a run in the format of their file, and print the command that runs them.

    Where rows of several files were rejected there is a file for each, the second under ``FILE-2``.

    Args:
        home: the home of the run.
        run_id: the run; None selects the newest one whose rows were checked.
        output: the file to write.
        force: write over a file that exists; it may hold rows that were corrected by hand.

    Raises:
        UsageError: there is no such run, or the output exists or cannot be written.
    """
    manifest = judged_run(home, run_id)
    written: list[Path] = []
    with rejected_rows(home, manifest) as rows:
        for source, of_source in groupby(rows, key=lambda row: row.source_name):
            path = output if not written else output.with_stem(f"{output.stem}-{len(written) + 1}")
            _refuse_corrected(path, force=force)
            with finished_file(path) as partial, partial.open("wb") as file:
                count = _write(file, _shape(manifest, source), of_source)
            written.append(path)
            print(shown(f"{path}: {counted(count, 'row')} of {source}"))
    if not written:
        _say_none(manifest)
        return
    print(shown(f"correct the rows, then: {_command(manifest, written)}"))


def _refuse_corrected(path: Path, *, force: bool) -> None:
    if path.exists() and not force:
        raise UsageError(
            f"{path} already exists, and may hold rows that you corrected; name another file with --csv, or write over "
            "it with --force"
        )


def _shape(manifest: dict[str, Any], source_name: str) -> RepairShape:
    for source in sources_read(manifest):
        if source["source_name"] == source_name and "repair" in source:
            return RepairShape(**source["repair"])
    raise UsageError(
        f"run {manifest['run_id']} does not say how {source_name} was written, as an earlier version made it; "
        "run the file again with --force"
    )


def _write(file: BinaryIO, shape: RepairShape, rows: Iterator[RejectedRow]) -> int:
    """Write a header and the rows; return how many."""
    text = io.TextIOWrapper(file, shape.encoding, errors="backslashreplace", newline="\n", write_through=True)
    text.write(f"{shape.header}\n")
    count = 0
    for row in rows:
        text.write(f"{shape.record(row.line_number, row.reason, row.raw)}\n")
        count += 1
    text.detach()
    return count


def _command(manifest: dict[str, Any], written: list[Path]) -> str:
    """Return the command that runs the corrected rows together with their original files."""
    order, files = manifest["order"], [file["source_file"] for file in manifest["files"]]
    given = {name: order[name] for name in ("dataset", "home") if order[name] != getattr(Order, name)}
    options = [text for name, value in given.items() for text in (f"--{name}", value)]
    return shlex.join(["segments", "run", *files, *map(str, written), *options])


def _say_none(manifest: dict[str, Any]) -> None:
    print(f"run {manifest['run_id']} rejected no rows", file=sys.stderr)
