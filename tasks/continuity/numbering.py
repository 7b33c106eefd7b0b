"""Number the segments of a run: those that continue a segment of the earlier run keep its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from tasks.clustering.lloyd import Labels
from tasks.continuity.matching import (
    NO_MATCH,
    Counts,
    Indices,
    is_enough,
    match_by_centers,
    match_by_customers,
    numbered,
    with_others,
)
from tasks.encoding.features import Feature
from tasks.run.columns import has_identifier
from warehouse.connection import Connection
from warehouse.earlier_run import (
    EarlierSegment,
    Memberships,
    beside_earlier_run,
    earlier_centers,
    earlier_memberships,
    earlier_segments,
    used_ids,
)
from warehouse.home.run import Run

Days = npt.NDArray[np.datetime64]

#: Share of the fitted features that both runs must have, for their centers to be compared.
_COMMON_FEATURES = 0.5


@dataclass(frozen=True)
class Numbering:
    """The numbers of the segments of a run, and where they and their customers come from.

    Attributes:
        ids: number of each segment, the largest segment first.
        first_seen: day on which each segment was formed.
        previous_customers: its customers in the earlier run; None for a new one.
        shared: customers in each earlier segment and in each of the run; one row per pair that has any.
        previous: the segment of each customer in the earlier run, 0 for none, shape (n_customers,).
        since: the day on which each joined the segment; NaT where the file has no identifier, shape (n_customers,).
    """

    ids: Sequence[int]
    first_seen: Sequence[date]
    previous_customers: Sequence[int | None]
    shared: pd.DataFrame
    previous: Indices
    since: Days

    @property
    def all_survive(self) -> bool:
        """Whether every segment was there in the earlier run."""
        return None not in self.previous_customers

    def of(self, labels: npt.ArrayLike) -> Indices:
        """Return the numbers of labels 0..k-1."""
        numbers: Indices = np.asarray(self.ids, dtype=np.int64)[np.asarray(labels)]
        return numbers


def number_segments(
    database: Connection, run: Run, labels: Labels, centroids: pd.DataFrame, features: Sequence[Feature]
) -> Numbering:
    """Return the numbers of the segments of a run.

    They are those of the earlier run's segments where these go on, else new ones. Where the earlier run is of the same
    day, this one takes its place: the numbers stay, but nothing has happened since.

    Args:
        database: the run's, with its customers.
        run: the run.
        labels: segment of each customer in canonical order, 0..k-1, the largest first, shape (n_customers,).
        centroids: segment_id, feature and value, one row per segment, numbered from 0, and feature.
        features: of the encoded rows.
    """
    sizes = np.bincount(labels)
    with beside_earlier_run(database, run) as earlier:
        if earlier is None or not earlier.has_history:
            return _first(run, labels, range(1, len(sizes) + 1))
        segments = earlier_segments(database)
        if earlier.is_replaced and len(segments) != len(sizes):
            return _first(run, labels, range(1, len(sizes) + 1))
        memberships, ids_before = earlier_memberships(database, len(labels)), [one.segment_id for one in segments]
        shared = _shared(labels, memberships.segment_ids, ids_before, len(sizes))
        sizes_before = np.array([one.customers for one in segments])
        matches = np.full(len(sizes), NO_MATCH)
        if is_known := is_enough(shared, sizes_before, sizes):
            matches = match_by_customers(shared, sizes_before, sizes)
        if not is_known or not has_identifier(run):
            # A changed row is another customer, so customers who all changed say nothing of their segment.
            matches = with_others(
                matches, _match_by_centers(earlier_centers(database), centroids, features, len(sizes))
            )
        if earlier.is_replaced:
            return _first(run, labels, numbered(matches, ids_before, used=(), free=ids_before))
        ids = numbered(matches, ids_before, used_ids(database), free=())
    return _following(run, labels, ids, segments, memberships, shared)


def _first(run: Run, labels: Labels, ids: Sequence[int]) -> Numbering:
    """Return the numbering of a run that follows none."""
    nothing = pd.DataFrame({"from_segment_id": [], "to_segment_id": [], "customers": []}, dtype=np.int64)
    since = _days(len(labels), run.as_of if has_identifier(run) else None)
    return Numbering(
        tuple(ids), (run.as_of,) * len(ids), (None,) * len(ids), nothing, np.zeros(len(labels), dtype=np.int64), since
    )


def _following(
    run: Run,
    labels: Labels,
    ids: Sequence[int],
    segments: Sequence[EarlierSegment],
    memberships: Memberships,
    shared: Counts,
) -> Numbering:
    """Return the numbering of a run that follows an earlier one."""
    known = {segment.segment_id: segment for segment in segments}
    before, now = np.nonzero(shared)
    pairs = {
        "from_segment_id": np.array(list(known))[before],
        "to_segment_id": np.asarray(ids)[now],
        "customers": shared[before, now],
    }
    previous, since = np.zeros(len(labels), dtype=np.int64), _days(len(labels), None)
    if has_identifier(run):
        previous = memberships.segment_ids
        stayed = (previous == np.asarray(ids)[labels]) & ~np.isnat(memberships.since)
        since = np.where(stayed, memberships.since, np.datetime64(run.as_of))
    return Numbering(
        tuple(ids),
        tuple(known[one].first_seen if one in known else run.as_of for one in ids),
        tuple(known[one].customers if one in known else None for one in ids),
        pd.DataFrame(pairs),
        previous,
        since,
    )


def _shared(labels: Labels, previous: Indices, ids_before: Sequence[int], n_segments: int) -> Counts:
    """Return the customers in each earlier segment and in each of the run, shape (n_before, n_segments)."""
    stayed = previous > 0
    before = np.searchsorted(ids_before, previous[stayed])  # they ascend
    counts = np.bincount(before * n_segments + labels[stayed], minlength=len(ids_before) * n_segments)
    return counts.reshape(len(ids_before), n_segments)


def _match_by_centers(
    before: pd.DataFrame, centroids: pd.DataFrame, features: Sequence[Feature], n_segments: int
) -> Indices:
    """Return which earlier segment each one continues, by their centers in the units of the run's encoding."""
    fitted = {feature.feature: feature for feature in features if feature.weight > 0}
    earlier = before.pivot(index="segment_id", columns="feature", values="x")
    now = centroids.pivot(index="segment_id", columns="feature", values="value")
    common = [name for name in fitted if name in earlier.columns]
    if not common or len(common) < _COMMON_FEATURES * len(fitted):
        return np.full(n_segments, NO_MATCH)
    encoded = [fitted[name].weight * (earlier[name] - fitted[name].center) / fitted[name].scale for name in common]
    return match_by_centers(np.column_stack(encoded), now[common].to_numpy())


def _days(n: int, day: date | None) -> Days:
    return np.full(n, np.datetime64("NaT" if day is None else day), dtype="datetime64[D]")
