"""Euclidean distances between blocks of rows: as fast as a matrix product, as exact as a difference.

|x - y|^2 = |x|^2 + |y|^2 - 2 xy is one product for a whole block, but most digits cancel where x and y
are much nearer to each other than to the origin. So the origin is moved into the block, and what still
cancels is computed again from the differences.
"""

from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from tasks.clustering.rows import BLOCK_BYTES, Floats, Matrix, Positions

#: Share of |x|^2 + |y|^2 below which a squared distance is computed again: float32 has seven digits.
_CANCELLED = 1e-3

#: Share of a block's distances from which the whole block is computed again.
_MANY = 0.02


def distances_between(points: Matrix, others: Matrix) -> Matrix:
    """Return the distances of all points to all others, float32 of shape (n_points, n_others).

    A distance is right to about four digits where it is far smaller than those around it, and to
    about six elsewhere; that of equal rows is 0.
    """
    center = points.mean(axis=0)
    x, y = points - center, others - center
    x_squares, y_squares = np.einsum("ij,ij->i", x, x), np.einsum("ij,ij->i", y, y)
    squares: Matrix = x @ (-2 * y).T
    squares += x_squares[:, None]
    squares += y_squares
    bound = _CANCELLED * float(x_squares.max() + y_squares.max())
    if squares.min() < bound:
        squares = _corrected(squares, bound, points, others)
    np.sqrt(squares, out=squares)
    return squares


def squares_beyond_own(products: Matrix | Floats, centroids: Matrix | Floats) -> Any:
    """Return the squared distances of rows to centroids, less the squared length of each row.

    The term that is left out is the same for every centroid, so the nearest one needs none of it.

    Args:
        products: of the rows and the centroids, shape (n_rows, k).
        centroids: shape (k, n_features).

    Returns:
        Shape (n_rows, k), in the precision of the arguments.
    """
    return np.square(centroids).sum(axis=1) - 2 * products


def _corrected(squares: Matrix, bound: float, points: Matrix, others: Matrix) -> Matrix:
    """Return the squared distances with those below the bound computed again."""
    is_small = squares < bound
    if np.count_nonzero(is_small) > _MANY * squares.size:
        return np.asarray(cdist(points, others, "sqeuclidean"), dtype=np.float32)
    _correct(squares, np.nonzero(is_small), points, others)
    return squares


def _correct(squares: Matrix, pairs: tuple[Positions, ...], points: Matrix, others: Matrix) -> None:
    """Set the squared distances of some pairs, given by row and column, to those of their differences."""
    n_at_a_time = max(256, BLOCK_BYTES // (16 * max(1, points.shape[1])))
    for first in range(0, len(pairs[0]), n_at_a_time):
        rows, columns = (indices[first : first + n_at_a_time] for indices in pairs)
        differences = points[rows].astype(np.float64) - others[columns]
        squares[rows, columns] = np.einsum("ij,ij->i", differences, differences)
