"""k-means on samples: greedy k-means++ and Lloyd's algorithm on weighted rows, dense or sparse.

A run makes hundreds of fits of a few thousand rows. scikit-learn's spend more than half of their time on checks and
on starts that compute the squares of all rows again; these take a third of the time. From the same start they find
the same, unless a segment runs empty or distances are equal.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse

from tasks.clustering.distances import squares_beyond_own
from tasks.clustering.rows import Floats, Matrix, Positions, Weights

#: Units in the last place that two sums may differ by and count as equal: which is larger depends on the machine.
_EQUAL_ULPS = 16

#: Some kernels of OpenBLAS compute beyond the end of short rows, and say that what they find there is no number.
quiet = np.errstate(invalid="ignore")


@dataclass(frozen=True)
class Points:
    """Rows made ready for many fits.

    Attributes:
        columns: the rows as columns, around their mean where they are dense, shape (n_features, n_rows). Everything
            is computed in their precision: in float32 it is faster, in float64 the same on every machine.
        weighted: the rows times their weights, shape (n_rows, n_features).
        weights: customers per row, shape (n_rows,).
        squares: squared length of each row, shape (n_rows,).
        center: what was subtracted from each row, shape (n_features,).
        variance: mean variance of the features, of which tolerances are shares.
    """

    columns: Any
    weighted: Any
    weights: Matrix
    squares: Matrix
    center: Matrix
    variance: float

    def slack(self, lowest: Matrix) -> Matrix:
        """Return by how much squared distances beyond the row's own may exceed the lowest ones and yet be equal.

        The error is that of the terms which the distance is made of, none of which is longer than the row and the
        distance together; the other rows do not matter.
        """
        slack: Matrix = 2 * _ulps(lowest) * (2 * self.squares + lowest)
        return slack

    @classmethod
    def of(cls, matrix: Any, weights: Floats | Weights) -> "Points":
        """Return dense or sparse rows with the customers of each; sparse ones are not moved to their mean."""
        of_rows, mean = weights.astype(matrix.dtype), np.asarray(matrix.mean(axis=0), dtype=matrix.dtype).ravel()
        if issparse(matrix):
            squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
            variance = max(0.0, float(squares.mean() - mean @ mean)) / max(1, len(mean))
            weighted = matrix.multiply(of_rows[:, None]).tocsr()
            return cls(matrix.T, weighted, of_rows, squares, np.zeros_like(mean), variance)
        rows = matrix - mean
        squares = np.einsum("ij,ij->i", rows, rows)
        weighted = rows * of_rows[:, None]
        return cls(
            np.ascontiguousarray(rows.T), weighted, of_rows, squares, mean, float(squares.mean()) / max(1, len(mean))
        )

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.weights)

    def dense(self, rows: Positions) -> Matrix:
        """Return some of the rows in full."""
        found = self.columns[:, rows]
        dense: Matrix = found.toarray().T if issparse(found) else found.T
        return dense


@dataclass(frozen=True)
class Starts:
    """Rows to start from: the first k of each are a start of greedy k-means++ for k segments.

    Which rows are drawn depends on the largest k, as more candidates are drawn for it.

    Attributes:
        rows: the rows in the order in which they were drawn, shape (n_starts, max_k).
        inertias: the inertia of each with the first 1, 2, ... max_k of its rows, same shape.
    """

    rows: Positions
    inertias: Matrix

    def best(self, k: int) -> Positions:
        """Return the k rows of the start of the lowest inertia."""
        best: Positions = self.rows[_first_lowest(self.inertias[:, k - 1]), :k]
        return best


@dataclass(frozen=True)
class KMeans:
    """One solution.

    Attributes:
        centroids: means of the segments, shape (k, n_features).
        labels: segment of each row, 0..k-1, shape (n_rows,).
        inertia: sum of the squared distances of the customers to the centroid of their own segment.
    """

    centroids: Matrix
    labels: Positions
    inertia: float


def starts(points: Points, k: int, n_starts: int, rng: np.random.Generator) -> Starts:
    """Draw several starts of greedy k-means++ (Arthur & Vassilvitskii 2007), each good for every number up to k."""
    drawn = [_start(points, k, rng) for _ in range(n_starts)]
    return Starts(np.array([rows for rows, _ in drawn]), np.array([inertias for _, inertias in drawn]))


def fit(points: Points, start: Positions, *, tol: float = 1e-4, max_iter: int = 300) -> KMeans:
    """Return the solution that Lloyd's algorithm reaches from some of the rows.

    Args:
        points: the rows.
        start: the rows that are the first centroids, shape (k,).
        tol: squared move of the centroids, as a share of the variance, at which the fit ends.
        max_iter: rounds at most.
    """
    return _converged(points, points.dense(start), tol, max_iter)


def fit_restarts(
    points: Points, k: int, rng: np.random.Generator, n_init: int, *, tol: float = 1e-4, max_iter: int = 300
) -> KMeans:
    """Return the solution of the lowest inertia of several starts of greedy k-means++."""
    fits = (fit(points, starts(points, k, 1, rng).best(k), tol=tol, max_iter=max_iter) for _ in range(n_init))
    return min(fits, key=lambda one: one.inertia)


def refit(points: Points, centroids: Matrix, *, tol: float) -> KMeans:
    """Return the solution that Lloyd's algorithm reaches from given centroids, shape (k, n_features)."""
    return _converged(points, centroids - points.center, tol, max_iter=300)


@quiet
def _start(points: Points, k: int, rng: np.random.Generator) -> tuple[Positions, Matrix]:
    """Return the rows of one start, and its inertia after each of them."""
    chosen, inertias = np.empty(k, dtype=np.intp), np.empty(k, dtype=points.weights.dtype)
    chosen[0] = _drawn(points.weights, rng.random(1))[0]
    nearest = _squares(points, chosen[:1])[0]
    inertias[0] = nearest @ points.weights
    for number in range(1, k):
        drawn = _drawn(points.weights * nearest, rng.random(2 + int(math.log(k))))
        nearer = np.minimum(nearest, _squares(points, drawn))
        of_drawn = nearer @ points.weights
        best = _first_lowest(of_drawn)
        chosen[number], inertias[number], nearest = drawn[best], of_drawn[best], nearer[best]
    return chosen, inertias


def _first_lowest(values: Matrix) -> int:
    """Return the index of the lowest value, the first one of equal ones."""
    return int((values <= values.min() * (1 + _ulps(values))).argmax())


def _ulps(values: Matrix) -> float:
    """Return the share of a sum of this precision by which it may differ from an equal one."""
    return _EQUAL_ULPS * float(np.finfo(values.dtype).eps)


def _drawn(weights: Matrix, shares: Floats) -> Positions:
    """Return the rows at some shares, 0 to 1, of all weights."""
    ends = np.cumsum(weights, dtype=np.float64)
    drawn: Positions = np.minimum(np.searchsorted(ends, shares * ends[-1], side="right"), len(ends) - 1)
    return drawn


def _squares(points: Points, rows: Positions) -> Matrix:
    """Return the squared distances of some rows to all, shape (n, n_rows)."""
    squares: Matrix = (-2 * points.dense(rows)) @ points.columns
    squares += points.squares
    squares += points.squares[rows, None]
    np.maximum(squares, 0, out=squares)
    squares[np.arange(len(rows)), rows] = 0
    return squares


@quiet
def _converged(points: Points, centroids: Matrix, tol: float, max_iter: int) -> KMeans:
    """Return where alternating segments and means end: where nobody changes, or the means hardly move."""
    before: Matrix | None = None
    for _ in range(max_iter):
        members = _members(points, centroids)
        if before is not None and np.array_equal(members, before):
            break
        means = _means(points, members, centroids)
        moved = float(np.square(means - centroids).sum())
        centroids, before = means, members
        if moved <= tol * points.variance:
            break
    labels = _members(points, centroids).argmax(axis=0)
    return KMeans(centroids + points.center, labels, _inertia(points, centroids, labels))


def _squares_beyond_own(points: Points, centroids: Matrix) -> Matrix:
    """Return the squared distances of the centroids to every row, less its squared length, shape (k, n_rows)."""
    squares: Matrix = squares_beyond_own((centroids @ points.columns).T, centroids).T
    return squares


def _members(points: Points, centroids: Matrix) -> Matrix:
    """Return which rows each centroid is the nearest of, 1 or 0, shape (k, n_rows)."""
    squares = _squares_beyond_own(points, centroids)
    lowest = squares.min(axis=0)
    is_nearest = squares <= lowest + points.slack(lowest)
    if np.count_nonzero(is_nearest) != points.n_rows:  # a row as near to several centroids is the first one's
        is_nearest = np.arange(len(centroids))[:, None] == is_nearest.argmax(axis=0)
    members: Matrix = is_nearest.astype(points.weights.dtype)
    return members


def _means(points: Points, members: Matrix, centroids: Matrix) -> Matrix:
    """Return the mean of each segment; an empty one begins anew at the row that is farthest from its centroid."""
    sizes = members @ points.weights
    empty = np.flatnonzero(sizes == 0)
    means: Matrix = (members @ points.weighted) / np.maximum(sizes, 1)[:, None]
    if len(empty):
        squares = points.squares + _squares_beyond_own(points, centroids).min(axis=0)
        means[empty] = points.dense((-squares).argsort(kind="stable")[: len(empty)])
    return means


def _inertia(points: Points, centroids: Matrix, labels: Positions) -> float:
    if issparse(points.columns):
        squares = points.squares + _squares_beyond_own(points, centroids)[labels, np.arange(points.n_rows)]
    else:
        differences = points.columns - centroids.T[:, labels]
        squares = np.einsum("ij,ij->j", differences, differences)
    return float(squares.astype(np.float64) @ points.weights)
