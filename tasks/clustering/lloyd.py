"""Lloyd's algorithm on all customers: label them with the nearest centroid, move each centroid to its mean.

Equal customers are one row with a weight. Passes over the rows add up their blocks in order, so the
result is the same with any number of threads.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tasks.clustering.distances import squares_beyond_own
from tasks.clustering.parallel import in_order
from tasks.clustering.rows import Distinct, Floats, Rows, Weights

Labels = npt.NDArray[np.uint8]

#: Rounds after which labels that still change are kept: the last ones move few customers.
_MAX_ROUNDS = 50


@dataclass(frozen=True)
class Fit:
    """One k-means solution.

    Attributes:
        labels: segment of each row, 0..k-1, shape (n_rows,).
        centroids: means of the segments, float64 of shape (k, n_features).
        sizes: customers in each segment.
        objective: J, the mean squared distance of the customers to their own centroid.
    """

    labels: Labels
    centroids: Floats
    sizes: npt.NDArray[np.int64]
    objective: float

    @property
    def n_clusters(self) -> int:
        """Number of segments."""
        return len(self.centroids)


def converge(distinct: Distinct, centroids: Floats) -> Fit:
    """Return the fit that alternating labels and means converge to, the largest segment first.

    Where the rounds run out, the labels are those of the last means, so every customer is nearest to its
    own centroid all the same. A segment that loses its last customer is left out.
    """
    rows, weights = distinct.rows, distinct.weights
    labels: Labels | None = None
    for _ in range(_MAX_ROUNDS):
        again, sums, sizes = _assigned(rows, weights, centroids)
        if labels is not None and np.array_equal(again, labels):
            break
        labels, kept = again, sizes > 0
        centroids = sums[kept] / sizes[kept, None]
        if not kept.all():
            labels = None
    (fit,) = fits_of(distinct, [centroids])
    return _largest_first(fit)


def fits_of(distinct: Distinct, centroids: Iterable[Floats]) -> list[Fit]:
    """Return the fits that have these centroids, every customer with its nearest, in one pass over the rows."""
    every = list(centroids)
    labels = np.empty((len(every), len(distinct.rows)), dtype=np.uint8)
    totals = np.zeros(len(every))

    def assigned(block: slice) -> Floats:
        rows, weights = distinct.rows.take(block), distinct.weights[block]
        own_squares, of_block = rows.squares(), np.empty(len(every))
        for number, own in enumerate(every):
            labels[number, block], nearest = _nearest(rows, own_squares, own)
            of_block[number] = nearest @ weights
        return of_block

    for of_block in in_order(assigned, distinct.rows.blocks()):
        totals += of_block
    return [
        _without_empty(own_labels, own, distinct.weights, float(total / distinct.n_customers))
        for own_labels, own, total in zip(labels, every, totals, strict=True)
    ]


def _assigned(rows: Rows, weights: Weights, centroids: Floats) -> tuple[Labels, Floats, npt.NDArray[np.int64]]:
    """Return the nearest centroid of every row, and the sums and sizes of the segments that makes."""
    labels = np.empty(len(rows), dtype=np.uint8)

    def assigned(block: slice) -> Floats:
        own = rows.take(block)
        labels[block], _ = _nearest(own, own.squares(), centroids)
        members = np.zeros((len(centroids), len(own)))
        members[labels[block], np.arange(len(own))] = weights[block]
        return own.sums(members)

    sums = np.zeros_like(centroids)
    for of_block in in_order(assigned, rows.blocks()):
        sums += of_block
    return labels, sums, _sizes(labels, weights, len(centroids))


def _nearest(rows: Rows, own_squares: Floats, centroids: Floats) -> tuple[npt.NDArray[np.intp], Floats]:
    """Return the nearest centroid of every row, of equally near ones the first, and the squared distance to it."""
    squares: Floats = squares_beyond_own(rows.products(centroids), centroids)
    labels = squares.argmin(axis=1)
    return labels, np.maximum(squares[np.arange(len(rows)), labels] + own_squares, 0)


def _without_empty(labels: Labels, centroids: Floats, weights: Weights, objective: float) -> Fit:
    """Return the fit without empty segments, which are not published."""
    sizes = _sizes(labels, weights, len(centroids))
    kept = sizes > 0
    numbers = (np.cumsum(kept) - 1).astype(np.uint8)
    return Fit(numbers[labels], centroids[kept], sizes[kept], objective)


def _sizes(labels: Labels, weights: Weights, k: int) -> npt.NDArray[np.int64]:
    return np.bincount(labels, weights, minlength=k).astype(np.int64)


def _largest_first(fit: Fit) -> Fit:
    """Number the segments by size, then by centroid, so that numbers do not depend on the seed's luck."""
    order = np.array(sorted(range(fit.n_clusters), key=lambda number: (-fit.sizes[number], *fit.centroids[number])))
    renumbered = np.empty(len(order), dtype=np.uint8)
    renumbered[order] = np.arange(len(order), dtype=np.uint8)
    return Fit(renumbered[fit.labels], fit.centroids[order], fit.sizes[order], fit.objective)
