"""Read the rows that the report shows from the tables of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from schemas.dataset import Column
from warehouse.connection import Connection, read_sql
from warehouse.statements.features import select_scatter
from warehouse.tables import read_dicts


@dataclass(frozen=True)
class SegmentRow:
    """One segment; ``stability`` is None where unknown."""

    segment_id: int
    name: str
    description: str
    customers: int
    share: float
    stability: float | None = None


@dataclass(frozen=True)
class Figure:
    """One feature of one segment and of all customers, in the units of its column.

    Attributes:
        value: category or item of a binary feature; None for numbers and flags.
        mean: mean, or share of a binary feature; None where the segment has no value.
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
    """One k tried; the last six are None where they were not tried."""

    k: int
    silhouette: float | None
    silhouette_low: float | None
    silhouette_high: float | None
    objective: float | None
    smallest_segment: int | None
    reason: str
    is_chosen: bool
    null_silhouette: float | None = None
    silhouette_gain: float | None = None
    population_silhouette: float | None = None
    population_gain: float | None = None
    ari_seeds: float | None = None
    ari_bootstrap: float | None = None

    @property
    def is_sampled(self) -> bool:
        """Whether the silhouette has an interval."""
        return self.silhouette_low != self.silhouette_high


@dataclass(frozen=True)
class EncodingRow:
    """One encoding of features, and how much it was used."""

    encoding: str
    n_columns: int
    n_features: int


@dataclass(frozen=True)
class DeclaredRow:
    """One column that is left out, of weight 0, or whose encoding is changed."""

    source_column: str
    weight: float
    is_log: bool
    clip_low: float | None
    clip_high: float | None


@dataclass(frozen=True)
class TriedRow:
    """One encoding of the customers and its figures on a sample; None where it was not tried."""

    encoding: str
    n_columns: int | None
    n_dimensions: int | None
    k: int | None
    silhouette: float | None
    null_silhouette: float | None
    silhouette_gain: float | None
    margin: float | None
    population_silhouette: float | None
    population_gain: float | None
    rows_sampled: int | None
    is_chosen: bool
    reason: str


@dataclass(frozen=True)
class ComponentRow:
    """One component of the selected encoding."""

    component: int
    variance: float
    null_variance: float
    description: str


@dataclass(frozen=True)
class LoadingRow:
    """One feature of a component."""

    component: int
    feature: str
    loading: float


@dataclass(frozen=True)
class ColumnAssociationRow:
    """One column, and how well it alone predicts the segment; None with one segment."""

    source_column: str
    kind: str
    association: float | None
    is_redundant: bool
    reason: str


@dataclass(frozen=True)
class DriftRow:
    """One column or item, and how far it has drifted from the model's run."""

    source_column: str
    value: str | None
    psi: float
    level: str
    reason: str
    reference_date: date


@dataclass(frozen=True)
class SegmentDriftRow:
    """One feature of one segment whose center has moved; its means are in the units of the column."""

    segment_id: int
    feature: str
    kind: str
    reference_date: date
    reference_mean: float
    mean: float
    standardized_difference: float


@dataclass(frozen=True)
class Points:
    """Customers on two axes: arrays of one length, in canonical order."""

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    segment_ids: npt.NDArray[np.int64]


Row = TypeVar(
    "Row",
    SegmentRow,
    Figure,
    KRow,
    EncodingRow,
    DeclaredRow,
    TriedRow,
    ComponentRow,
    LoadingRow,
    ColumnAssociationRow,
    DriftRow,
    SegmentDriftRow,
)

#: Columns and items, and means of segments, whose drift is shown.
DRIFT_SHOWN = 10


def read_rows(
    database: Connection, name: str, row: type[Row], parameters: Mapping[str, Any] | None = None
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
