"""Fit k-means so that every customer is nearest to its own centroid, and centroids are the means of their own.

The arithmetic is the same whatever the number of threads: each fit runs on one thread, and fits of
different k run side by side.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.float32]

#: Rows that the restarts of a k see at most; all rows refine the best of them.
FIT_ROWS = 20_000

#: Restarts of every k. Few rows have many local optima near the best one, and restarts that cost nothing:
#: of 30 fits of 200 customers ten restarts found the best optimum in 14, a hundred in all.
_FEWEST_RESTARTS, _MOST_RESTARTS, _RESTARTED_ROWS = 10, 100, 100_000

_CHUNK_ROWS = 65_536
_POLISH_ROUNDS = 50


@dataclass(frozen=True)
class Fit:
    """One k-means solution.

    Attributes:
        labels: segment of each customer, 0..k-1, shape (n_customers,).
        centroids: means of the segments, float64 of shape (k, n_features).
        objective: J, the mean squared distance to the own centroid.
    """

    labels: Labels
    centroids: Floats
    objective: float

    @property
    def n_clusters(self) -> int:
        """Number of segments."""
        return len(self.centroids)

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Customers in each segment."""
        return np.bincount(self.labels, minlength=self.n_clusters)


def restarts_for(n_rows: int) -> int:
    """Return how many restarts a fit of so many rows gets."""
    return min(_MOST_RESTARTS, max(_FEWEST_RESTARTS, _RESTARTED_ROWS // n_rows))


def fit_kmeans(matrix: Matrix, n_clusters: int, *, random_state: int) -> Fit:
    """Return the best of several k-means fits, largest segment first.

    Args:
        matrix: encoded customers in canonical order, shape (n_customers, n_features), with at
            least n_clusters distinct rows.
        n_clusters: number of segments.
        random_state: seed.
    """
    with threadpool_limits(limits=1):
        seen = _seen_rows(matrix, random_state)
        started = KMeans(n_clusters, n_init=restarts_for(len(seen)), random_state=random_state).fit(seen)
        settled = KMeans(n_clusters, init=started.cluster_centers_, n_init=1, tol=0).fit(matrix)
        labels, centroids = _settled(matrix, settled.cluster_centers_.astype(np.float64))
    return _largest_first(matrix, labels, centroids)


def distances_to(matrix: Matrix, centroids: Floats) -> Floats:
    """Return the Euclidean distance of every customer to every centroid, shape (n_customers, k)."""
    out = np.empty((len(matrix), len(centroids)))
    for first in range(0, len(matrix), _CHUNK_ROWS):
        block = matrix[first : first + _CHUNK_ROWS].astype(np.float64)
        for number, centroid in enumerate(centroids):
            out[first : first + _CHUNK_ROWS, number] = np.sqrt(np.square(block - centroid).sum(axis=1))
    return out


def _seen_rows(matrix: Matrix, random_state: int) -> Matrix:
    if len(matrix) <= FIT_ROWS:
        return matrix
    chosen = np.random.default_rng(random_state).choice(len(matrix), FIT_ROWS, replace=False)
    return matrix[np.sort(chosen)]


def _settled(matrix: Matrix, centroids: Floats) -> tuple[Labels, Floats]:
    """Alternate labels and means in float64 until the labels stay; scikit-learn stops in float32.

    Where they do not stay in so many rounds, the labels are those of the last means, so that
    every customer is nearest to its own centroid all the same.
    """
    labels = _nearest(matrix, centroids)
    for _ in range(_POLISH_ROUNDS):
        labels = _compact(labels)
        centroids = _means(matrix, labels)
        again = _nearest(matrix, centroids)
        if np.array_equal(again, labels):
            break
        labels = again
    return _compact(labels), centroids[np.unique(labels)]


def _nearest(matrix: Matrix, centroids: Floats) -> Labels:
    """Return the nearest centroid of every customer; of equally near ones the first."""
    labels = np.empty(len(matrix), dtype=np.int64)
    # Seen from the middle of the centroids, so that the squares of far data do not cancel.
    middle = centroids.mean(axis=0)
    moved = centroids - middle
    squares = np.square(moved).sum(axis=1)
    for first in range(0, len(matrix), _CHUNK_ROWS):
        block = matrix[first : first + _CHUNK_ROWS].astype(np.float64) - middle
        labels[first : first + _CHUNK_ROWS] = (squares - 2 * (block @ moved.T)).argmin(axis=1)
    return labels


def _compact(labels: Labels) -> Labels:
    """Number the segments that have customers 0..k-1; an emptied one is not published."""
    return np.unique(labels, return_inverse=True)[1]


def _means(matrix: Matrix, labels: Labels) -> Floats:
    means = np.empty((labels.max() + 1, matrix.shape[1]))
    for number in range(len(means)):
        means[number] = matrix[labels == number].mean(axis=0, dtype=np.float64)
    return means


def _largest_first(matrix: Matrix, labels: Labels, centroids: Floats) -> Fit:
    """Number the segments by size, then by centroid, so that numbers do not depend on the seed's luck."""
    sizes = np.bincount(labels)
    order = np.array(sorted(range(len(sizes)), key=lambda number: (-sizes[number], *centroids[number])))
    renumbered = np.empty_like(order)
    renumbered[order] = np.arange(len(order))
    return _fit_of(matrix, renumbered[labels], centroids[order])


def _fit_of(matrix: Matrix, labels: Labels, centroids: Floats) -> Fit:
    """Return the fit that labels and their means make, with its J."""
    total = 0.0
    for first in range(0, len(matrix), _CHUNK_ROWS):
        rows = slice(first, first + _CHUNK_ROWS)
        total += float(np.square(matrix[rows].astype(np.float64) - centroids[labels[rows]]).sum())
    return Fit(labels, centroids, total / len(matrix))
