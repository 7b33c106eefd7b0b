"""Euclidean distances between blocks of rows: as fast as a matrix product, as exact as a difference.

|x - y|^2 = |x|^2 + |y|^2 - 2 xy is one product for a whole block, but where x and y are near each other
compared with how far both are from the origin, most digits cancel. Here the origin is moved into the
block, and what still cancels is computed again from the differences.
"""

import numpy as np
import numpy.typing as npt

from tasks.clustering.rows import BLOCK_BYTES, Floats, Matrix, Positions

#: Share of |x|^2 + |y|^2 below which a squared distance is computed again: float32 has seven digits.
_CANCELLED = 1e-3

#: Share of a block's distances from which the whole block is computed again in float64.
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


def _corrected(squares: Matrix, bound: float, points: Matrix, others: Matrix) -> Matrix:
    """Return the squared distances with those below the bound computed again."""
    is_small = squares < bound
    if np.count_nonzero(is_small) > _MANY * squares.size:
        center = points.mean(axis=0, dtype=np.float64)
        return _squares_in_double(points - center, others - center).astype(np.float32)
    _correct(squares, np.nonzero(is_small), points, others)
    return squares


def _squares_in_double(x: Floats, y: Floats) -> Floats:
    x_squares, y_squares = np.einsum("ij,ij->i", x, x), np.einsum("ij,ij->i", y, y)
    squares: Floats = x_squares[:, None] + y_squares - 2 * (x @ y.T)
    _correct(squares, np.nonzero(squares < 1e-12 * float(x_squares.max() + y_squares.max())), x, y)
    return squares


def _correct(
    squares: npt.NDArray[np.floating],
    pairs: tuple[Positions, ...],
    points: npt.NDArray[np.floating],
    others: npt.NDArray[np.floating],
) -> None:
    """Set the squared distances of some pairs, given by row and column, to those of their differences."""
    n_at_a_time = max(256, BLOCK_BYTES // (16 * max(1, points.shape[1])))
    for first in range(0, len(pairs[0]), n_at_a_time):
        rows, columns = (places[first : first + n_at_a_time] for places in pairs)
        differences = points[rows].astype(np.float64) - others[columns]
        squares[rows, columns] = np.einsum("ij,ij->i", differences, differences)
