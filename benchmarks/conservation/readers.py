"""The readers that are compared: this project's night up to its validated tables, DuckDB and pandas."""

import csv
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from benchmarks.conservation.cases import Case, Record, Writing, schema_of
from schemas.dataset import file_settings_of
from schemas.errors import SegmentsError
from schemas.loading import load_dataset
from tasks.deliver import deliver
from tasks.delivery.delivered import DeliveredFile
from tasks.ingest import ingest
from tasks.reading.source_facts import SourceRead
from tasks.run.lifecycle import begin_night
from tasks.validate import validate
from warehouse.connection import Connection, staging
from warehouse.home.run import Order, Run

#: Line ends, as editors count lines.
_LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True)
class Reading:
    """What a reader made of a file.

    Attributes:
        records: what it loaded, in texts without blanks around them.
        rejected: records that it set aside with their line and a reason, as they stand in the file.
        refused: why it read nothing, in its own words; None where it read the file.
        is_crash: whether that is no refusal but a failure that nobody foresaw.
        lines: physical lines that hold something, header and comments aside; None where they were not counted.
        unaccounted: those of them that belong to no loaded or rejected record, or to two.
        seconds: from the file to the records.
    """

    records: tuple[Record, ...] = ()
    rejected: tuple[str, ...] = ()
    refused: str | None = None
    is_crash: bool = False
    lines: int | None = None
    unaccounted: int = 0
    seconds: float = 0.0


Reader = Callable[[Case], Reading]


def read_with_segments(case: Case) -> Reading:
    """Run the night up to its validated tables, with the schema of the case."""
    start = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory() as folder:
            schema = Path(folder) / "minimal.py"
            schema.write_text(schema_of(case), encoding="utf-8")
            reading = _night(case, Order(str(case.path), dataset=str(schema), home=f"{folder}/home"))
    except SegmentsError as error:
        message = str(error)
        reading = Reading(refused=message, is_crash="\n" in message or type(error) is SegmentsError)
    except Exception as error:
        reading = Reading(refused=f"{type(error).__name__}: {error}", is_crash=True)
    return replace(reading, seconds=time.perf_counter() - start)


def read_with_duckdb(case: Case) -> Reading:
    """Let DuckDB find the dialect, everything as text."""
    return _tried(lambda: _duckdb_records(case, ignores_errors=False))


def read_with_duckdb_ignoring_errors(case: Case) -> Reading:
    """Let DuckDB find the dialect and skip what it cannot read."""
    return _tried(lambda: _duckdb_records(case, ignores_errors=True))


def read_with_pandas(case: Case) -> Reading:
    """Let pandas read the file, everything as text."""
    return _tried(lambda: _pandas_records(case))


#: Name -> reader, this project's first.
READERS: dict[str, Reader] = {
    "segments": read_with_segments,
    "duckdb auto": read_with_duckdb,
    "duckdb ignore_errors": read_with_duckdb_ignoring_errors,
    "pandas": read_with_pandas,
}


def _night(case: Case, order: Order) -> Reading:
    with begin_night(order) as run:
        delivery = deliver(run)
        ingested = ingest(run, delivery)
        validate(run, delivery, ingested)
        (source,) = ingested.sources
        comment = file_settings_of(load_dataset(order.dataset)).comment
        with staging(run) as database:
            return _judged(database, run, case, delivery.files[0], source, comment)


def _judged(
    database: Connection, run: Run, case: Case, file: DeliveredFile, source: SourceRead, comment: str | None
) -> Reading:
    """Return what the tables of a night hold, and which lines of the file they leave out."""
    names = [f"c{number}" for number in range(1, len(case.header) + 1)] if case.header is not None else ["line_number"]
    loaded = database.execute(f"SELECT line_number, {', '.join(names)} FROM customers ORDER BY line_number").fetchall()
    rejected = dict(database.execute("SELECT DISTINCT line_number, raw FROM rejected_rows").fetchall())
    last_lines = dict(database.execute("SELECT record, last_record FROM work.raws").fetchall())
    spans = [(first, last_lines.get(first, first)) for first in (*(row[0] for row in loaded), *rejected)]
    after_header = range(source.header_line, source.header_line + 1 + source.repair.header_text.count("\n"))
    header = set(after_header) if source.header_line else set()
    held = _held_lines(run, file, source.encoding)
    held = {number: line for number, line in held.items() if number not in header and not _is_comment(line, comment)}
    covered = [number for first, last in spans for number in range(first, last + 1)]
    return Reading(
        records=_plain([row[1:] for row in loaded]),
        rejected=tuple(rejected.values()),
        lines=len(held),
        unaccounted=len(held.keys() - set(covered)) + len(covered) - len(set(covered)),
    )


def _held_lines(run: Run, file: DeliveredFile, encoding: str) -> dict[int, str]:
    """Return the lines that hold something, decoded here and not by what is judged; of a packed file, by the copy."""
    if file.packing:
        content = run.source_copy(1).read_text(encoding="utf-8")
    else:
        content = Path(file.source_file).read_bytes().decode(encoding, "replace")
    lines = enumerate(_LINE_END.split(content.removeprefix("\ufeff")), start=1)
    return {number: line for number, line in lines if line.strip()}


def _is_comment(line: str, comment: str | None) -> bool:
    return comment is not None and line.startswith(comment)


def _tried(read: Callable[[], list[Sequence[object]]]) -> Reading:
    start = time.perf_counter()
    try:
        reading = Reading(records=_plain(read()))
    except Exception as error:
        reading = Reading(refused=f"{type(error).__name__}: {error}")
    return replace(reading, seconds=time.perf_counter() - start)


def _duckdb_records(case: Case, *, ignores_errors: bool) -> list[Sequence[object]]:
    options: dict[str, Any] = {"all_varchar": True, "ignore_errors": ignores_errors, **_duckdb_writing(case.writing)}
    with duckdb.connect() as database:
        return list(database.read_csv(str(case.path), **options).fetchall())


def _duckdb_writing(writing: Writing | None) -> dict[str, object]:
    if writing is None:
        return {}
    given = {"delimiter": writing.delimiter, "quotechar": writing.quote, "header": writing.has_header}
    return {name: value for name, value in given.items() if value is not None}


def _pandas_records(case: Case) -> list[Sequence[object]]:
    options: dict[str, Any] = {}
    if case.writing is not None:
        options["header"] = 0 if case.writing.has_header else None
        if case.writing.delimiter is not None:
            options |= {"sep": case.writing.delimiter}
            options |= {"quotechar": case.writing.quote} if case.writing.quote else {"quoting": csv.QUOTE_NONE}
    frame = pd.read_csv(case.path, dtype=str, keep_default_na=False, **options)
    return list(frame.itertuples(index=False, name=None))


def _plain(records: Sequence[Sequence[object]]) -> tuple[Record, ...]:
    return tuple(tuple("" if cell is None else str(cell).strip() for cell in record) for record in records)
