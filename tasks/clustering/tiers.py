"""Tiers of customers along a gradient: fifths where nothing separates segments, fewer where many are at one place.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

import numpy as np
import numpy.typing as npt

from tasks.clustering.lloyd import Fit
from tasks.clustering.rows import Distinct, Floats, projected

#: Tiers, if there are as many different places along the gradient.
N_TIERS = 5

#: Share of the largest coordinate below which a segment is in the middle; the rest depends on the order of sums.
_MIDDLE = 1e-6


def gradient_of(fit: Fit) -> Floats:
    """Return the direction in which the centroids differ most, from the largest segment on; shape (n_features,)."""
    centered = fit.centroids - np.average(fit.centroids, axis=0, weights=fit.sizes)
    _, _, directions = np.linalg.svd(centered * np.sqrt(fit.sizes)[:, None], full_matrices=False)
    direction: Floats = directions[0]
    # From the largest segment on, as most customers are there; one in the middle says nothing.
    place = float(centered[0] @ direction)
    is_in_the_middle = abs(place) < _MIDDLE * float(np.abs(centered).max())
    is_reversed = direction[np.abs(direction).argmax()] < 0 if is_in_the_middle else place > 0
    return -direction if is_reversed else direction


def tiers_along(distinct: Distinct, direction: Floats) -> npt.NDArray[np.int64]:
    """Return the tier of each different row, from 1 to N_TIERS at most; customers at the same place are in one.

    Args:
        distinct: the customers.
        direction: where the tiers ascend to, shape (n_features,).
    """
    along = projected(distinct, direction[:, None])
    order = along.rows.numbers[:, 0].argsort()
    customers = along.weights[order]
    middles = (np.cumsum(customers) - customers / 2) / distinct.n_customers
    tier_of = np.empty(len(order), dtype=np.int64)
    # Where many are at one place there are fewer tiers.
    tier_of[order] = np.unique((middles * N_TIERS).astype(np.int64), return_inverse=True)[1] + 1
    tiers = np.empty(len(distinct.rows), dtype=np.int64)
    tiers[distinct.row_of] = tier_of[along.row_of]
    return tiers
