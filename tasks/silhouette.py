"""The silhouette of many labellings in one walk over the distances.

Kaufman & Rousseeuw, Finding Groups in Data (1990), chapter 2: s(i) = (b - a) / max(a, b), a being
the mean distance of customer i to the others of its segment and b the smallest mean distance to
another segment; 0 where i is alone in its segment.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

#: Customers scored at a time, and customers they are measured against at a time: 16 MiB of distances.
_SCORED_ROWS, _AGAINST_ROWS = 512, 4096


def silhouette_samples(
    matrix: npt.NDArray[np.floating], labellings: Sequence[Labels], rows: npt.NDArray[np.intp] | None = None
) -> Floats:
    """Return the silhouette of customers under every labelling, each against all customers.

    The distances are computed once, in float64, and shared by all labellings. The result does
    not depend on the number of threads.

    Args:
        matrix: encoded customers, shape (n_customers, n_features).
        labellings: label arrays of shape (n_customers,), each with labels 0..k-1, all of them used.
        rows: positions of the customers to score; None scores all.

    Returns:
        Shape (n_labellings, n_rows), -1 to 1.
    """
    wanted = np.arange(len(matrix)) if rows is None else rows
    points = matrix.astype(np.float64)
    # Distances do not change, but far from the origin the squares would cancel.
    points -= points.mean(axis=0)
    sizes = [np.bincount(labels) for labels in labellings]
    members = _memberships(labellings, sizes)
    squares = np.einsum("ij,ij->i", points, points)

    def scored(first: int) -> Floats:
        block = wanted[first : first + _SCORED_ROWS]
        sums = _distance_sums(points, squares, members, block)
        return _coefficients(sums, [labels[block] for labels in labellings], sizes)

    with threadpool_limits(limits=1), ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.hstack(list(pool.map(scored, range(0, len(wanted), _SCORED_ROWS))))


def _memberships(labellings: Sequence[Labels], sizes: Sequence[npt.NDArray[np.int64]]) -> Floats:
    """Return the 0/1 memberships of all labellings side by side, shape (n_customers, sum of k)."""
    return np.hstack([np.eye(len(size))[labels] for labels, size in zip(labellings, sizes, strict=True)])


def _distance_sums(points: Floats, squares: Floats, members: Floats, block: npt.NDArray[np.intp]) -> Floats:
    """Return the sum of distances of each customer of the block to every segment of every labelling."""
    sums = np.zeros((len(block), members.shape[1]))
    for first in range(0, len(points), _AGAINST_ROWS):
        against = slice(first, first + _AGAINST_ROWS)
        distances = points[block] @ points[against].T
        distances *= -2
        distances += squares[block, None]
        distances += squares[None, against]
        np.maximum(distances, 0, out=distances)
        np.sqrt(distances, out=distances)
        _zero_own(distances, block, first)
        sums += distances @ members[against]
    return sums


def _zero_own(distances: Floats, block: npt.NDArray[np.intp], first: int) -> None:
    """Set the distance of a customer to itself to exactly 0, which cancellation leaves near it."""
    own = block - first
    inside = np.flatnonzero((own >= 0) & (own < distances.shape[1]))
    distances[inside, own[inside]] = 0


def _coefficients(sums: Floats, labellings: Sequence[Labels], sizes: Sequence[npt.NDArray[np.int64]]) -> Floats:
    out = np.empty((len(labellings), len(sums)))
    rows = np.arange(len(sums))
    first = 0
    for number, (labels, size) in enumerate(zip(labellings, sizes, strict=True)):
        own_sums = sums[:, first : first + len(size)]
        first += len(size)
        within = own_sums[rows, labels] / np.maximum(size[labels] - 1, 1)
        means = own_sums / size
        means[rows, labels] = np.inf
        between = means.min(axis=1)
        widest = np.maximum(within, between)
        out[number] = np.where(
            (size[labels] > 1) & (widest > 0), (between - within) / np.where(widest > 0, widest, 1), 0
        )
    return out
