"""The nearest and second nearest segment of every customer, with the distances to their centroids.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from tasks.clustering.lloyd import Fit, Labels
from tasks.clustering.parallel import in_order
from tasks.clustering.rows import Distinct, Floats, Weights

#: Interquartile ranges above the upper quartile from which a distance is far out (Tukey 1977).
_FAR_OUT = 3.0

#: Customers in a piece.
_PIECE_CUSTOMERS = 200_000


@dataclass(frozen=True)
class Assignment:
    """The own and the next nearest segment of each row, or of each customer.

    Attributes:
        labels: own segment, 0..k-1.
        distances: Euclidean distance to its centroid.
        seconds: next nearest segment; None with one segment.
        second_distances: distance to that one's centroid; None with one segment.
        is_outlier: whether the distance is far out among those of the segment, or a number is.
        tiers: tier along a gradient, from 1; None where there is no gradient.
    """

    labels: Labels
    distances: Floats
    seconds: Labels | None
    second_distances: Floats | None
    is_outlier: npt.NDArray[np.bool_]
    tiers: npt.NDArray[np.int64] | None = None

    def take(self, rows: npt.NDArray[np.integer]) -> "Assignment":
        """Return that of some of the rows."""
        return Assignment(
            self.labels[rows],
            self.distances[rows],
            None if self.seconds is None else self.seconds[rows],
            None if self.second_distances is None else self.second_distances[rows],
            self.is_outlier[rows],
            None if self.tiers is None else self.tiers[rows],
        )


def assign(distinct: Distinct, fit: Fit) -> Assignment:
    """Return how near each different row is to its own segment and to the next."""
    rows, labels = distinct.rows, fit.labels
    own, second_distances = np.empty(len(rows)), np.empty(len(rows))
    seconds = np.empty(len(rows), dtype=np.uint8)

    def measured(block: slice) -> None:
        distances = cdist(rows.dense(block), fit.centroids)
        every = np.arange(len(distances))
        own[block] = distances[every, labels[block]]
        distances[every, labels[block]] = np.inf
        seconds[block] = distances.argmin(axis=1)
        # Of two equally near centroids the rounding of the last digit must not make the second the nearer one.
        second_distances[block] = np.maximum(distances[every, seconds[block]], own[block])

    for _ in in_order(measured, rows.blocks()):
        pass
    is_outlier = far_out(own, labels, distinct.weights)
    if fit.n_clusters == 1:
        return Assignment(labels, own, None, None, is_outlier)
    return Assignment(labels, own, seconds, second_distances, is_outlier)


def customer_pieces(distinct: Distinct, of_rows: Assignment, is_far: npt.NDArray[np.bool_]) -> Iterator[Assignment]:
    """Yield the assignment of the customers in canonical order, a piece at a time.

    Args:
        distinct: the customers.
        of_rows: the assignment of their rows.
        is_far: which customers are outliers whatever their rows say, shape (n_customers,).
    """
    for first in range(0, distinct.n_customers, _PIECE_CUSTOMERS):
        own = of_rows.take(distinct.row_of[first : first + _PIECE_CUSTOMERS])
        yield replace(own, is_outlier=own.is_outlier | is_far[first : first + _PIECE_CUSTOMERS])


def far_out(distances: Floats, labels: Labels, weights: Weights) -> npt.NDArray[np.bool_]:
    """Return which rows are far from their own centroid, compared with the other customers of the segment.

    Args:
        distances: distance to the own centroid, shape (n_rows,).
        labels: segment of each row, 0..k-1.
        weights: customers per row.
    """
    is_far = np.zeros(len(labels), dtype=np.bool_)
    for number in range(int(labels.max()) + 1):
        own = np.flatnonzero(labels == number)
        low, high = np.quantile(distances[own], (0.25, 0.75), weights=weights[own], method="inverted_cdf")
        is_far[own] = distances[own] > high + _FAR_OUT * (high - low)
    return is_far
