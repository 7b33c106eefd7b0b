"""Export the published tables to a folder: a file per table, or one workbook, and a record of what they are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.errors import UsageError
from warehouse.connection import Connection, published
from warehouse.exporting import (
    Relation,
    TableFormat,
    published_relations,
    refuse_unknown,
    write_relation,
    write_relations,
)
from warehouse.home.directory import Home
from warehouse.private_files import finished_folder
from warehouse.tables import read_dicts

#: The record of an export, written last.
RECORD = "export.json"

_RUN = "SELECT run_id, as_of, dataset, software_version FROM runs ORDER BY rowid DESC LIMIT 1"


@dataclass(frozen=True)
class Exported:
    """What an export has.

    Attributes:
        run_id: the run whose tables they are.
        n_tables: number of tables.
        n_marked: cells that were marked, as a spreadsheet would run them.
    """

    run_id: str
    n_tables: int
    n_marked: int


def export_tables(
    home: Home, folder: Path, form: TableFormat, *, tables: Sequence[str] = (), force: bool = False
) -> Exported:
    """Write the published tables and views to a folder: all of them as one run left them, or nothing.

    Args:
        home: directory of the published file.
        folder: where to; it must be absent or empty.
        form: how they are written.
        tables: names of tables, as in ``history.segments``; all of them if empty.
        force: replace an earlier export, if the folder has nothing else.

    Raises:
        UsageError: nothing is published, there is no such table, one fits no sheet, or the folder cannot be written.
    """
    refuse_in_home(home, folder)
    with finished_folder(folder, _is_export if force else None) as partial, published(home, partial) as database:
        relations = published_relations(database)
        refuse_unknown(tables, relations)
        chosen = [relation for relation in relations if not tables or relation.title in tables]
        n_marked = _write(database, chosen, partial, form)
        (run,) = read_dicts(database, _RUN)
        _write_record(partial, chosen, form, run | {"formulas_marked": n_marked})
    return Exported(run["run_id"], len(chosen), n_marked)


def refuse_in_home(home: Home, path: Path) -> None:
    """Refuse a place that a run takes deliveries from, or clears.

    Raises:
        UsageError: with another place to use.
    """
    place = path.resolve()
    for directory in (home.inbox, home.staging, home.runs, home.archive, home.audiences):
        if place.is_relative_to(directory.resolve()):
            raise UsageError(f"{path} is in {directory}, where runs keep their own files; name another place")


def _write(database: Connection, relations: Sequence[Relation], folder: Path, form: TableFormat) -> int:
    if form.name == "xlsx":
        return write_relations(database, relations, folder / _file_of(relations[0], form), form)
    n_marked = 0
    for relation in relations:
        path = folder / _file_of(relation, form)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        n_marked += write_relation(database, relation, path, form)
    return n_marked


def _file_of(relation: Relation, form: TableFormat) -> str:
    if form.name == "xlsx":
        return "segments.xlsx"
    name = f"{relation.name}.{form.name}"
    return name if relation.schema == "main" else f"{relation.schema}/{name}"


def _write_record(folder: Path, relations: Sequence[Relation], form: TableFormat, facts: dict[str, Any]) -> None:
    files = [{"table": one.title, "file": _file_of(one, form), "rows": one.n_rows} for one in relations]
    record = {**facts, "format": form.name, "exported_at": datetime.now(UTC), "tables": files}
    (folder / RECORD).write_text(json.dumps(record, indent=2, default=str) + "\n", encoding="utf-8")


def _is_export(folder: Path) -> bool:
    """Return whether a folder has the files of an export and nothing else."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        written = {RECORD, *(str(table["file"]) for table in record["tables"])}
    except (OSError, ValueError, KeyError, TypeError):
        return False
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
    return found == written
