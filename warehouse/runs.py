"""The table ``runs`` of a run: the ledger as it will be once the run is published."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from schemas.errors import SegmentsError, UsageError
from schemas.tables import published_table
from warehouse.connection import Connection, published, read_sql
from warehouse.home.directory import Home
from warehouse.home.ledger import UNDER_WAY, Manifest, by_step, read_manifests
from warehouse.home.run import Run
from warehouse.tables import insert_frame, read_value

logger = logging.getLogger(__name__)

_FRAME_TYPES: dict[str, Any] = {
    "BIGINT": "Int64",
    "DOUBLE": "float64",
    "VARCHAR": "str",
    # Said and not left to be found from some of the dictionaries, as runs differ in their steps.
    "MAP(VARCHAR, DOUBLE)": pd.ArrowDtype(pa.map_(pa.string(), pa.float64())),
}

#: Column of ``runs`` -> the fact of a step that it holds.
_BY_STEP = {"seconds_by_step": "seconds", "peak_mb_by_step": "peak_mb"}


def insert_runs(database: Connection, run: Run, message: str) -> None:
    """Fill ``runs`` with every run of the home that has ended, and with this one as published, with its message."""
    earlier = [
        manifest
        for manifest in read_manifests(run.home)
        if manifest["run_id"] != run.run_id and manifest["status"] != UNDER_WAY
    ]
    insert_frame(database, "runs", _frame([*earlier, _as_published(run.record, message)]))


def published_run_id(home: Home) -> str | None:
    """Return the run that the published file is of; None where nothing is published, or it cannot be read."""
    if not home.published_file.exists():
        return None
    try:
        return _run_in(home)
    except SegmentsError as error:
        logger.warning("%s", error)
        return None


def _run_in(home: Home) -> str:
    with published(home) as database:
        try:
            return str(read_value(database, read_sql("select_published_run")))
        except (duckdb.CatalogException, duckdb.BinderException, IndexError) as error:
            path = home.published_file
            raise SegmentsError(f"{path} is not a file of segments; segments doctor says what is to be done") from error


def _as_published(manifest: Manifest, message: str) -> Manifest:
    """Return the manifest as it will stand once the file it is written into is swapped in."""
    finished = datetime.now(UTC).isoformat(timespec="milliseconds")
    return {**manifest, "status": "published", "finished_at": finished, "message": message}


def _frame(manifests: list[Manifest]) -> pd.DataFrame:
    columns = published_table("runs").columns
    frame = pd.DataFrame([{column.name: _value(manifest, column.name) for column in columns} for manifest in manifests])
    for column in columns:
        if column.sql_type in _FRAME_TYPES:
            frame[column.name] = frame[column.name].astype(_FRAME_TYPES[column.sql_type])
        else:
            frame[column.name] = pd.to_datetime(frame[column.name], utc=True, format="ISO8601").dt.tz_localize(None)
    return frame


def _value(manifest: Manifest, column: str) -> Any:
    return by_step(manifest, _BY_STEP[column]) if column in _BY_STEP else manifest.get(column)


def report_file(home: Home, run_id: str | None) -> Path:
    """Return the report of a run, of the published one by default.

    Raises:
        UsageError: nothing is published, or the run has no report.
        SegmentsError: the published file is damaged, or gone.
    """
    wanted = run_id or _run_in(home)
    path = home.report_file(wanted)
    if not path.is_file():
        raise UsageError(f"run {wanted} has no report in {home.runs}; see: segments runs{home.option}")
    return path
