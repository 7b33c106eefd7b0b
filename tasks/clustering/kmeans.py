"""scikit-learn's k-means on weighted rows, with k-means++ that computes the squares of the rows once."""

import math
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, issparse
from sklearn import config_context
from sklearn.cluster import KMeans
from sklearn.utils.extmath import row_norms

from tasks.clustering.rows import Floats, Matrix


def fit(matrix: Matrix | csr_matrix, weights: Floats, n_clusters: int, *, n_starts: int = 1, **settings: Any) -> Any:
    """Return the fitted k-means, with ``cluster_centers_``, ``labels_`` and ``inertia_``.

    Args:
        matrix: the rows, dense or sparse, shape (n_rows, n_features).
        weights: customers per row, shape (n_rows,).
        n_clusters: number of segments.
        n_starts: k-means++ starts that each restart draws; it goes on from the one of the lowest inertia.
        settings: the other parameters of ``sklearn.cluster.KMeans``.
    """
    if isinstance(settings.get("init", ""), str):
        settings["init"] = partial(_best_start, weights=weights, n_starts=n_starts)
    is_weighted = bool(np.any(weights != 1))
    # The input is valid; for few rows checking it takes longer than the fit.
    with config_context(assume_finite=True, skip_parameter_validation=True):
        return KMeans(n_clusters, **settings).fit(matrix, sample_weight=weights if is_weighted else None)


def _best_start(
    matrix: Matrix | csr_matrix, k: int, random_state: np.random.RandomState, *, weights: Floats, n_starts: int
) -> Floats:
    """Return the best of several starts of greedy k-means++ (Arthur & Vassilvitskii 2007), shape (k, n_features).

    It makes the draws of scikit-learn's own, which computes the squares of all rows again for every centroid.
    """
    rows: Any = matrix.astype(np.float64)
    squares = row_norms(rows, squared=True)
    starts = [_start(rows, squares, k, random_state, weights) for _ in range(n_starts)]
    _, chosen = min(starts, key=itemgetter(0))
    return _dense(rows[chosen])


def _start(
    rows: Any, squares: Floats, k: int, random_state: np.random.RandomState, weights: Floats
) -> tuple[float, list[int]]:
    """Return the inertia of a start of greedy k-means++, and its rows."""

    def to(indices: npt.NDArray[np.intp]) -> Floats:
        """Return the squared distances of some rows to all, shape (n_indices, n_rows)."""
        others = _dense(rows[indices])
        distances: Floats = (rows @ others.T).T if issparse(rows) else others @ rows.T
        distances *= -2
        distances += squares
        distances += squares[indices, None]
        return np.maximum(distances, 0, out=distances)

    chosen = [random_state.choice(len(weights), p=weights / weights.sum())]
    nearest = to(np.array(chosen))[0]
    for _ in range(1, k):
        ends = np.cumsum(weights * nearest)
        drawn = np.searchsorted(ends, random_state.uniform(size=2 + int(math.log(k))) * (nearest @ weights))
        drawn = np.minimum(drawn, len(weights) - 1)
        nearer = np.minimum(nearest, to(drawn))
        best = int((nearer @ weights).argmin())
        chosen.append(drawn[best])
        nearest = nearer[best]
    return float(nearest @ weights), chosen


def _dense(rows: Any) -> Floats:
    dense: Floats = rows.toarray() if issparse(rows) else rows
    return dense
