"""Read back the rejected rows of a run: from its published file, the archive, or its own record."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from schemas.errors import UsageError
from schemas.spreadsheet import without_mark
from warehouse.connection import opened, read_sql
from warehouse.home.directory import Home
from warehouse.home.ledger import Manifest, read_manifests
from warehouse.runs import published_run_id

_ROWS_AT_A_TIME = 10_000


@dataclass(frozen=True)
class RejectedRow:
    """A refused row, with all its reasons in one text."""

    source_name: str
    line_number: int
    reason: str
    raw: str


def judged_run(home: Home, run_id: str | None) -> Manifest:
    """Return the manifest of a run whose rows were judged, of the newest one by default.

    Raises:
        UsageError: there is no such run, or it ended before its rows were judged.
    """
    if run_id is None:
        newest_first = reversed(read_manifests(home))
        if newest := next((manifest for manifest in newest_first if _is_judged(home, manifest)), None):
            return newest
        raise UsageError(f"no run of {home.root} has judged a row yet; run: segments run SOURCE{home.option}")
    for manifest in read_manifests(home, with_scorings=True):
        if manifest["run_id"] == run_id and _is_judged(home, manifest):
            return manifest
        if manifest["run_id"] == run_id:
            message = f"run {run_id} was {manifest['status']} before its rows were judged: {manifest['message']}"
            raise UsageError(message)
    raise UsageError(f"there is no run {run_id} in {home.root}; see: segments runs{home.option}")


@contextmanager
def rejected_rows(home: Home, manifest: Manifest) -> Iterator[Iterator[RejectedRow]]:
    """Give the rejected rows of a run, file by file, in the order of their lines.

    Raises:
        UsageError: the tables of the run are no longer kept.
    """
    run_id = str(manifest["run_id"])
    if manifest["status"] != "published":
        with _exported_file(home, run_id).open(encoding="utf-8", newline="") as file:
            yield _exported_rows(file)
        return
    with opened(_tables_of(home, run_id), home) as database:
        cursor = database.execute(read_sql("select_rejected"), {"run_id": run_id})
        yield (RejectedRow(*row) for rows in iter(lambda: cursor.fetchmany(_ROWS_AT_A_TIME), []) for row in rows)


def _is_judged(home: Home, manifest: Manifest) -> bool:
    return manifest["status"] == "published" or _exported_file(home, str(manifest["run_id"])).is_file()


def _exported_file(home: Home, run_id: str) -> Path:
    return home.runs / run_id / "rejected_rows.csv"


def _tables_of(home: Home, run_id: str) -> Path:
    if published_run_id(home) == run_id:
        return home.published_file
    archived = home.archived_file(run_id)
    if not archived.is_file():
        raise UsageError(
            f"the tables of run {run_id} are no longer kept; those of the published run and of the runs in "
            f"{home.archive} are"
        )
    return archived


def _exported_rows(lines: Iterator[str]) -> Iterator[RejectedRow]:
    """Yield the rows of a run that was refused; its file has one row per reason."""
    reasons = csv.DictReader(lines)
    for (source_name, line_number), group in groupby(reasons, key=lambda row: (row["source_name"], row["line_number"])):
        rows = list(group)
        reason = "; ".join(sorted({without_mark(row["reason"]) for row in rows}))
        yield RejectedRow(source_name, int(line_number), reason, without_mark(rows[0]["raw"]))
