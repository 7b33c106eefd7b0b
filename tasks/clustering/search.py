"""Search for good centroids on samples: restarts for every k, and a deep search for the chosen one.

k-means converges to the optimum nearest to its start, and which one that is matters more than how it
got there: on generated customers the objective of ten restarts differs by up to 2.6 %.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from tasks.clustering.distances import squares_beyond_own
from tasks.clustering.kmeans import KMeans, Points, fit_restarts, quiet, refit
from tasks.clustering.parallel import in_order
from tasks.clustering.rows import Distinct, Floats, Matrix


@dataclass(frozen=True)
class Restarts:
    """How many random restarts a search makes; few rows have many local optima near the best one, and cheap fits.

    Of 30 fits of 200 customers ten restarts found the best optimum in 14, a hundred in all.

    Attributes:
        min_total: at least so many.
        max_total: at most so many.
        rows_total: of more rows fewer, so that the restarts see about so many rows together.
        at_a_time: restarts between two checks whether the best fit has been found.
        times_found: how often the best fit must be found when no more are needed; of every k, by so many restarts
            at a time.
    """

    min_total: int
    max_total: int
    rows_total: int
    at_a_time: int
    times_found: int

    def max_for(self, n_rows: int) -> int:
        """Return how many restarts a fit of so many rows gets at most."""
        return min(self.max_total, max(self.min_total, self.rows_total // n_rows))


@dataclass(frozen=True)
class SearchSettings:
    """How centroids are searched for.

    Attributes:
        max_density: share of stored cells below which sparse rows are fitted faster than dense ones.
        rows: customers in the sample on which every k is searched; its fits take a second in all.
        deep_rows: customers in the sample of the deep search, which one k alone gets.
        final_rows: customers in the sample that ranks what was found.
        sample_bytes: bytes of the rows of the first two samples at most; ``points`` takes twice as much on top.
        final_bytes: the same of the last one.
        restarts: of every k; the chosen one is searched deeply afterwards.
        deep_restarts: of the deep search, one by one, as another sample may rank another optimum first.
        same: relative difference of inertia below which the same optimum was found again.
        different: relative difference above which it is another optimum.
        max_kept: optima that are kept.
        max_improved: optima that are improved by exchanges.
        max_halved: segments that are tried for being two, at each exchange.
        max_exchanges: exchanges in a row.
        few_exchanges: the same of every k before the deep search.
        min_saving: share of the inertia that an exchange saves at least.
    """

    max_density: float = 0.05
    rows: int = 5_000
    deep_rows: int = 20_000
    final_rows: int = 100_000
    sample_bytes: int = 32 << 20
    final_bytes: int = 64 << 20
    restarts: Restarts = Restarts(10, 50, 50_000, at_a_time=10, times_found=2)
    deep_restarts: Restarts = Restarts(100, 300, 300_000, at_a_time=8, times_found=6)
    same: float = 1e-4
    different: float = 1e-3
    max_kept: int = 5
    max_improved: int = 3
    max_halved: int = 3
    max_exchanges: int = 12
    few_exchanges: int = 2
    min_saving: float = 1e-5


SEARCH = SearchSettings()


@dataclass(frozen=True)
class Sample:
    """Some customers.

    Attributes:
        matrix: their different rows, dense or sparse.
        weights: customers per row.
        points: the same, made ready for many fits.
    """

    matrix: Matrix | csr_matrix
    weights: Floats
    points: Points

    @classmethod
    def of(cls, matrix: Matrix | csr_matrix, weights: Floats) -> "Sample":
        """Return different rows with the customers of each, made ready for many fits."""
        return cls(matrix, weights, Points.of(matrix, weights))

    @property
    def n_rows(self) -> int:
        """Number of different rows."""
        return len(self.weights)

    @property
    def n_cells(self) -> int:
        """Number of stored cells of the rows."""
        return int(self.matrix.size)

    @quiet
    def squares_beyond_own(self, centroids: Matrix) -> Matrix:
        """Return the squared distances to the centroids, less the squared length of each row; shape (n_rows, k)."""
        squares: Matrix = squares_beyond_own(self.matrix @ centroids.T, centroids)
        return squares


def sample_of(distinct: Distinct, n_customers: int, n_bytes: int, random_state: int) -> Sample:
    """Return some customers at random, all of them where there are no more."""
    rows, weights = distinct.rows, distinct.weights
    is_sparse = rows.density < SEARCH.max_density
    row_bytes = 4 * max(1, rows.n_features) * (2 * rows.density if is_sparse else 1)
    size = min(n_customers, max(256, int(n_bytes / row_bytes)))
    matrix_of = rows.sparse if is_sparse else rows.dense
    if len(rows) <= size:
        return Sample.of(matrix_of(slice(None)), weights.astype(np.float64))
    drawn = np.random.default_rng(random_state).choice(distinct.n_customers, size, replace=False)
    chosen, counts = np.unique(distinct.row_of[drawn].astype(np.intp), return_counts=True)
    return Sample.of(matrix_of(chosen), counts.astype(np.float64))


def search(
    distinct: Distinct, candidates: Sequence[int], random_state: int, progress: Callable[[int], None]
) -> dict[int, Floats]:
    """Return centroids for every k: the best of several restarts on a sample.

    One that they did not find again is improved by an exchange or two.

    Args:
        distinct: the customers.
        candidates: every k, each at most the number of distinct rows.
        random_state: seed.
        progress: called with each k that is done.

    Returns:
        k -> float64 of shape (k, n_features).
    """
    sample = sample_of(distinct, SEARCH.rows, SEARCH.sample_bytes, random_state)
    restarts = SEARCH.restarts

    def found(k: int) -> tuple[int, Floats]:
        # A sample may hold fewer different rows than all customers do.
        n_clusters = min(k, sample.n_rows)
        fits: list[KMeans] = []
        while len(fits) * restarts.at_a_time < restarts.max_for(sample.n_rows) and not _is_found(fits, restarts):
            fits.append(_restarted(sample, n_clusters, restarts.at_a_time, random_state + len(fits)))
        best = min(fits, key=lambda one: one.inertia)
        if not _is_found(fits, restarts):
            best = _improved(sample, best, random_state, SEARCH.few_exchanges)
        return k, best.centroids.astype(np.float64)

    centroids = {}
    # The largest k takes longest, so it starts first.
    for k, found_centroids in in_order(found, sorted(candidates, reverse=True), n_cells=sample.n_cells):
        centroids[k] = found_centroids
        progress(k)
    return centroids


def search_deeply(distinct: Distinct, start: Floats, random_state: int) -> Floats:
    """Return better centroids for one k: by more restarts, and by moving centroids to where they save most.

    Args:
        distinct: the customers.
        start: centroids to go on from, shape (k, n_features).
        random_state: seed.
    """
    k = len(start)
    sample = sample_of(distinct, SEARCH.deep_rows, SEARCH.sample_bytes, random_state)
    if sample.n_rows < k:
        return start
    from_start = in_order(lambda one: _fitted(sample, one), [start.astype(np.float32)])
    found = _different([*from_start, *_restarted_deeply(sample, k, random_state)])
    first, others = found[: SEARCH.max_improved], found[SEARCH.max_improved :]
    improved = in_order(
        lambda one: _improved(sample, one, random_state, SEARCH.max_exchanges), first, n_cells=sample.n_cells
    )
    found = _different([*improved, *others])
    large = sample_of(distinct, SEARCH.final_rows, SEARCH.final_bytes, random_state)
    ends = [start.astype(np.float32), *(one.centroids for one in found)]
    finals = in_order(lambda end: _fitted(large, end), ends)
    return min(finals, key=lambda one: one.inertia).centroids.astype(np.float64)


def _fitted(sample: Sample, start: Matrix) -> KMeans:
    return refit(sample.points, start, tol=1e-5)


def _restarted(sample: Sample, k: int, n_init: int, random_state: int) -> KMeans:
    return fit_restarts(sample.points, k, np.random.default_rng(random_state), n_init)


def _restarted_deeply(sample: Sample, k: int, random_state: int) -> list[KMeans]:
    """Return fits of new restarts, as many as it takes to find the best one several times."""
    found: list[KMeans] = []
    restarts = SEARCH.deep_restarts
    for first in range(1, restarts.max_for(sample.n_rows), restarts.at_a_time):
        seeds = range(random_state + first, random_state + first + restarts.at_a_time)
        found += in_order(lambda seed: _restarted(sample, k, 1, seed), seeds, n_cells=sample.n_cells)
        if _is_found(found, restarts):
            break
    return found


def _is_found(fits: Sequence[KMeans], restarts: Restarts) -> bool:
    """Return whether so many of the fits are the best one that another restart is unlikely to find a better one."""
    lowest = min((one.inertia for one in fits), default=0.0)
    return sum(one.inertia <= lowest * (1 + SEARCH.same) for one in fits) >= restarts.times_found


def _different(found: Sequence[KMeans]) -> list[KMeans]:
    """Return the best fit of each optimum, the best first."""
    kept: list[KMeans] = []
    for one in sorted(found, key=lambda one: one.inertia):
        if not kept or one.inertia > kept[-1].inertia * (1 + SEARCH.different):
            kept.append(one)
    return kept[: SEARCH.max_kept]


def _improved(sample: Sample, found: KMeans, random_state: int, max_exchanges: int) -> KMeans:
    """Exchange one centroid after the other for as long as it helps."""
    for _ in range(max_exchanges):
        moved = [_fitted(sample, start) for start in _exchanged(sample, found, random_state)]
        best = min(moved, key=lambda one: one.inertia)
        if best.inertia >= found.inertia * (1 - SEARCH.min_saving):
            break
        found = best
    return found


def _exchanged(sample: Sample, found: KMeans, random_state: int) -> list[Matrix]:
    """Return centroids with the least needed one moved into the segments that gain most by being two."""
    halved = [
        _halved(sample, found.centroids, found.labels == number, number, random_state)
        for number in range(len(found.centroids))
    ]
    best = sorted(halved, key=lambda one: -one[0])[: SEARCH.max_halved]
    return [np.delete(split, _least_needed(sample, split), axis=0) for _, split in best]


def _halved(
    sample: Sample, centroids: Matrix, is_own: npt.NDArray[np.bool_], number: int, random_state: int
) -> tuple[float, Matrix]:
    """Return what halving one segment saves, and the centroids with its halves instead."""
    if np.count_nonzero(is_own) < 2:
        return 0.0, np.vstack([centroids, centroids[number]])
    own = Sample.of(sample.matrix[is_own], sample.weights[is_own])
    halves = fit_restarts(own.points, 2, np.random.default_rng(random_state), 2, max_iter=20)
    whole = own.squares_beyond_own(centroids[[number]])[:, 0]
    halved = own.squares_beyond_own(halves.centroids).min(axis=1)
    saved = float((whole - halved) @ own.weights)
    return saved, np.vstack([np.delete(centroids, number, axis=0), halves.centroids])


def _least_needed(sample: Sample, centroids: Matrix) -> int:
    """Return the centroid whose customers lose least by going to their second nearest."""
    squares = sample.squares_beyond_own(centroids)
    nearest = np.partition(squares, 1, axis=1)[:, :2]
    costs = np.bincount(
        squares.argmin(axis=1), (nearest[:, 1] - nearest[:, 0]) * sample.weights, minlength=len(centroids)
    )
    return int(costs.argmin())
