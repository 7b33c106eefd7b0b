"""Read what the report shows of a night."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from schemas.dataset import Column
from warehouse.generated.features import select_scatter
from warehouse.opening import Connection, read_sql
from warehouse.tables import read_dicts


@dataclass(frozen=True)
class SegmentRow:
    """One segment."""

    segment_id: int
    name: str
    description: str
    customers: int
    share: float


@dataclass(frozen=True)
class Figure:
    """One feature of one segment beside all customers, in the units of its column.

    Attributes:
        value: category or item of a 0/1 feature; None for numbers and flags.
        mean: mean, or share of a 0/1 feature; None where the segment has no value.
        spread: standard deviation over all customers.
    """

    segment_id: int
    feature: str
    source_column: str
    kind: str
    value: str | None
    mean: float | None
    overall_mean: float | None
    spread: float | None

    @property
    def strength(self) -> float:
        """How far the segment is from all customers, in standard deviations; negative is below."""
        if self.mean is None or self.overall_mean is None or not self.spread:
            return 0.0
        return (self.mean - self.overall_mean) / self.spread


@dataclass(frozen=True)
class KRow:
    """One k tried."""

    k: int
    silhouette: float | None
    silhouette_low: float | None
    silhouette_high: float | None
    objective: float | None
    smallest_segment: int | None
    reason: str
    is_chosen: bool

    @property
    def is_sampled(self) -> bool:
        """Whether the silhouette has an interval."""
        return self.silhouette_low != self.silhouette_high


@dataclass(frozen=True)
class EncodingRow:
    """One encoding, and how much it was used."""

    encoding: str
    n_columns: int
    n_features: int


@dataclass(frozen=True)
class DeclaredRow:
    """One column whose encoding the dataset changes."""

    source_column: str
    weight: float
    is_log: bool
    clip_low: float | None
    clip_high: float | None


@dataclass(frozen=True)
class Points:
    """Customers on two axes: arrays of one length, in canonical order."""

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    segment_ids: npt.NDArray[np.int64]


Row = TypeVar("Row", SegmentRow, Figure, KRow, EncodingRow, DeclaredRow)


def read_rows(database: Connection, name: str, row: type[Row]) -> tuple[Row, ...]:
    """Return the rows of a statement of ``warehouse/sql`` whose columns are the fields of ``row``."""
    found: list[dict[str, Any]] = read_dicts(database, read_sql(name))
    return tuple(row(**values) for values in found)


def read_points(database: Connection, x: Column, y: Column, positions: Sequence[int]) -> Points:
    """Return the customers at some canonical positions (from 0) that have a value on both axes.

    Args:
        x: numeric or items column; of an items column it is the number of items.
        y: the same.
    """
    found = database.execute(select_scatter(x, y), {"positions": list(positions)}).fetchnumpy()
    return Points(
        np.asarray(found["x"], dtype=np.float64),
        np.asarray(found["y"], dtype=np.float64),
        np.asarray(found["segment_id"], dtype=np.int64),
    )
