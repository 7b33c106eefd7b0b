"""Whose k-means computes: that of scikit-learn-intelex where it is installed, else scikit-learn's own.

Both have one interface. The former helps where all customers of a sample differ: it knows no weights,
and hands a fit that has some to scikit-learn. Either gives the same night twice; one may end in
another optimum than the other.
"""

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

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
    is_weighted = bool(np.any(weights != 1))
    return KMeans(n_clusters, **settings).fit(matrix, sample_weight=weights if is_weighted else None)
