"""The rows that the report shows, as they are read from the tables of a run."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class SegmentRow:
    """One segment; the last five are None where unknown.

    Attributes:
        previous_customers: its customers in the previous run.
        rule: who is in it, in a few conditions; with their precision and recall.
    """

    segment_id: int
    name: str
    description: str
    customers: int
    share: float
    stability: float | None = None
    previous_customers: int | None = None
    rule: str | None = None
    precision: float | None = None
    recall: float | None = None

    @property
    def change(self) -> int | None:
        """How many customers it has more than in the previous run; None where it was not there."""
        return None if self.previous_customers is None else self.customers - self.previous_customers


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
    def sample_silhouette(self) -> float | None:
        """The silhouette of the sample that the null model was fitted beside."""
        if self.null_silhouette is None or self.silhouette_gain is None:
            return None
        return self.null_silhouette + self.silhouette_gain

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
class SizeRow:
    """One segment in one run."""

    as_of: date
    segment_id: int
    customers: int


@dataclass(frozen=True)
class MoveRow:
    """Customers who were in one segment and are in another; None of those who are new, and of those who are gone."""

    from_segment_id: int | None
    to_segment_id: int | None
    customers: int


@dataclass(frozen=True)
class SilhouetteRow:
    """One segment: how much nearer its customers are to their own centroid than to the next, as quantiles."""

    segment_id: int
    quantiles: list[float]


@dataclass(frozen=True)
class Points:
    """Customers on two axes: arrays of one length, in canonical order."""

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    segment_ids: npt.NDArray[np.int64]
