"""Read the rows that the report shows from the tables of a run."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import numpy as np

from schemas.dataset import Column
from schemas.page import DriftRow, Points, SegmentDriftRow
from warehouse.connection import Connection, read_sql
from warehouse.statements.features import select_scatter
from warehouse.tables import read_dicts

Row = TypeVar("Row")

#: Columns and items, and means of segments, whose drift is shown.
DRIFT_SHOWN = 10


def read_rows(
    database: Connection, name: str, row: Callable[..., Row], parameters: Mapping[str, Any] | None = None
) -> tuple[Row, ...]:
    """Return the rows of a statement of ``warehouse/sql`` whose columns are the fields of ``row``."""
    found: list[dict[str, Any]] = read_dicts(database, read_sql(name), parameters)
    return tuple(row(**values) for values in found)


def read_drift(database: Connection, as_of: date) -> tuple[tuple[DriftRow, ...], tuple[SegmentDriftRow, ...]]:
    """Return the columns and items, and the means of segments, that have drifted most since earlier days.

    None in the run that formed the model.
    """
    shown = {"as_of": as_of.isoformat(), "at_most": DRIFT_SHOWN}
    return (
        read_rows(database, "report_drift", DriftRow, shown),
        read_rows(database, "report_segment_drift", SegmentDriftRow, shown),
    )


def names_ever(database: Connection) -> dict[int, str]:
    """Return the name of each segment that there ever was, by its number."""
    found: list[dict[str, Any]] = read_dicts(database, "SELECT segment_id, name FROM segment_lifetimes")
    return {row["segment_id"]: row["name"] for row in found}


def read_points(database: Connection, x: Column, y: Column, positions: Sequence[int]) -> Points:
    """Return the customers at some canonical positions (from 0) that have a value on both axes.

    Args:
        x: numeric or items column; of an items column it is the number of items.
        y: the same.
    """
    return _points(database, select_scatter(x, y), {"positions": list(positions)})


def read_map(database: Connection) -> Points:
    """Return the customers of the map along their two main components."""
    return _points(database, read_sql("charts/map"), None)


def _points(database: Connection, query: str, parameters: dict[str, Any] | None) -> Points:
    found = database.execute(query, parameters).fetchnumpy()
    return Points(
        np.asarray(found["x"], dtype=np.float64),
        np.asarray(found["y"], dtype=np.float64),
        np.asarray(found["segment_id"], dtype=np.int64),
    )
