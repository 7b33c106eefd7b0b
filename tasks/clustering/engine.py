"""Whose k-means computes: that of scikit-learn-intelex where it is installed, else scikit-learn's own.

Both have one interface. The former helps where all customers of a sample differ: it knows no weights,
and hands a fit that has some to scikit-learn. Either gives the same night twice; one may end in
another optimum than the other.
"""

import math
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, issparse
from sklearn import config_context
from sklearn.utils.extmath import row_norms

from tasks.clustering.rows import Floats, Matrix

try:
    from sklearnex.cluster import KMeans

    ENGINE = "scikit-learn-intelex"
except ImportError:
    from sklearn.cluster import KMeans

    ENGINE = "scikit-learn"


def fit(matrix: Matrix | csr_matrix, weights: Floats, n_clusters: int, **settings: Any) -> Any:
    """Return the fitted k-means, with ``cluster_centers_`` and ``inertia_``.

    Args:
        matrix: the rows, dense or sparse, shape (n_rows, n_features).
        weights: customers that each row stands for, shape (n_rows,).
        n_clusters: number of segments.
        settings: the other parameters of ``sklearn.cluster.KMeans``.
    """
    if isinstance(settings.get("init", ""), str):
        settings["init"] = partial(_starts, weights=weights)
    is_weighted = bool(np.any(weights != 1))
    # What is handed over is sound; of few rows looking at it takes longer than the fit.
    with config_context(assume_finite=True, skip_parameter_validation=True):
        return KMeans(n_clusters, **settings).fit(matrix, sample_weight=weights if is_weighted else None)


def _starts(matrix: Matrix | csr_matrix, k: int, random_state: np.random.RandomState, *, weights: Floats) -> Floats:
    """Return where k-means++ starts (Arthur & Vassilvitskii 2007), of several rows drawn each time the best.

    The same draws as scikit-learn's own, which looks at all rows anew for every centroid.
    """
    rows = matrix.astype(np.float64)
    squares = row_norms(rows, squared=True)

    def to(places: npt.NDArray[np.intp]) -> Floats:
        """Return the squared distances of some rows to all, shape (n_places, n_rows)."""
        others = rows[places].toarray() if issparse(rows) else rows[places]
        return np.maximum((squares + squares[places, None]) - 2 * (rows @ others.T).T, 0)

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
    starts = rows[chosen]
    return starts.toarray() if issparse(rows) else starts
