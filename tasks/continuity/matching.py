"""Match the segments of a run with those of an earlier one, so that a segment keeps its number.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from tasks.clustering.rows import Floats

Counts = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int64]

#: Index of a segment that has no match.
NO_MATCH = -1


@dataclass(frozen=True)
class MatchingSettings:
    """What makes two segments of two runs the same one.

    Attributes:
        most: share of the customers that both runs have, of each of the two segments, that are in the other. With half
            of both, a segment born in the run in which another one dies does not take its number (MajorTrack,
            arXiv:1912.04261; MONIC, Spiliopoulou et al. 2006).
        known: share of all customers of each of the two that both runs have; a few who stayed speak for no segment.
        enough: share of the smaller run's customers that both runs have; with fewer, centers are compared.
        near: share of the way to the nearest other segment that the center of one may have moved.
    """

    most: float = 0.5
    known: float = 0.1
    enough: float = 0.1
    near: float = 0.5


MATCHING = MatchingSettings()


def is_enough(shared: Counts, sizes_before: Counts, sizes: Counts) -> bool:
    """Return whether customers decide which segments are the same; else their centers do."""
    return int(shared.sum()) >= MATCHING.enough * min(int(sizes_before.sum()), int(sizes.sum()))


def match_by_customers(shared: Counts, sizes_before: Counts, sizes: Counts) -> Indices:
    """Return the earlier segment that each segment continues, by the customers that both runs have.

    One segment alone is all customers, and continues nothing but that.

    Args:
        shared: customers in each earlier segment and in each of the run, shape (n_before, n_segments).
        sizes_before: all customers of the earlier segments, shape (n_before,).
        sizes: all customers of the segments, shape (n_segments,).

    Returns:
        Its index, or ``NO_MATCH``, shape (n_segments,).
    """
    matches = np.full(len(sizes), NO_MATCH)
    if (len(sizes) == 1) != (len(sizes_before) == 1):
        return matches
    for before, now in zip(*linear_sum_assignment(-shared), strict=True):
        stayed = shared[before, now]
        most = MATCHING.most * max(shared[before].sum(), shared[:, now].sum())
        known = MATCHING.known * max(sizes_before[before], sizes[now])
        if stayed > 0 and stayed >= max(most, known):
            matches[now] = before
    return matches


def match_by_centers(before: Floats, now: Floats) -> Indices:
    """Return the earlier segment that each segment continues, by the distances of their centers.

    Args:
        before: centers of the earlier segments, shape (n_before, n_features).
        now: those of the run, in the same units, shape (n_segments, n_features).

    Returns:
        Its index, or ``NO_MATCH``, shape (n_segments,).
    """
    matches = np.full(len(now), NO_MATCH)
    if (len(now) == 1) != (len(before) == 1):
        return matches
    moved, apart = cdist(before, now), cdist(before, before)
    np.fill_diagonal(apart, np.inf)
    for earlier, own in zip(*linear_sum_assignment(moved), strict=True):
        if moved[earlier, own] <= MATCHING.near * apart[earlier].min():
            matches[own] = earlier
    return matches


def with_others(matches: Indices, others: Indices) -> Indices:
    """Return matches, with other ones of segments that have none, on both sides."""
    is_open = (matches == NO_MATCH) & ~np.isin(others, matches[matches != NO_MATCH])
    return np.where(is_open, others, matches)


def numbered(matches: Indices, ids_before: Sequence[int], used: Collection[int], free: Collection[int]) -> list[int]:
    """Return the number of each segment: that of the one it continues, else one that is free, else a new one.

    Args:
        matches: what each segment continues, see above; the first one is the largest.
        ids_before: numbers of the earlier segments.
        used: every number that a segment has ever had.
        free: those of them that may be given again, as the run that gave them is replaced.
    """
    kept = {ids_before[match] for match in matches if match != NO_MATCH}
    following = chain(sorted(set(free) - kept), count(max(used, default=0) + 1))
    return [next(following) if match == NO_MATCH else ids_before[match] for match in matches]
