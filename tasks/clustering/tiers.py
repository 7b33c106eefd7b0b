"""Tiers of customers along a gradient: fifths where nothing separates segments, fewer where many are at one place.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

import numpy as np
import numpy.typing as npt

from tasks.clustering.lloyd import Fit
from tasks.clustering.rows import Distinct, Floats

#: Tiers, if there are as many different places along the gradient.
N_TIERS = 5

#: Digits of the largest coordinate that are kept; the rest depends on the order of sums.
_DIGITS = 1e-6


def gradient_of(fit: Fit) -> Floats:
    """Return the direction in which the centroids differ most, from the largest segment on; shape (n_features,)."""
    centered = fit.centroids - np.average(fit.centroids, axis=0, weights=fit.sizes)
    _, _, directions = np.linalg.svd(centered * np.sqrt(fit.sizes)[:, None], full_matrices=False)
    direction: Floats = directions[0]
    # From the largest segment on, as most customers are there; one in the middle says nothing.
    place = float(centered[0] @ direction)
    is_in_the_middle = abs(place) < _DIGITS * float(np.abs(centered).max())
    is_reversed = direction[np.abs(direction).argmax()] < 0 if is_in_the_middle else place > 0
    return -direction if is_reversed else direction


def tiers_along(distinct: Distinct, direction: Floats) -> npt.NDArray[np.int64]:
    """Return the tier of each different row, from 1 to N_TIERS at most; customers at the same place are in one.

    Args:
        distinct: the customers.
        direction: where the tiers ascend to, shape (n_features,).
    """
    rows = distinct.rows
    along = np.concatenate([rows.take(block).products(direction[None])[:, 0] for block in rows.blocks()])
    unit = _DIGITS * max(float(np.abs(along).max()), float(np.finfo(np.float32).tiny))
    _, place_of = np.unique(np.round(along / unit), return_inverse=True)
    customers = np.bincount(place_of, distinct.weights)
    middles = (np.cumsum(customers) - customers / 2) / distinct.n_customers
    # Where many are at one place there are fewer tiers.
    tiers: npt.NDArray[np.int64] = np.unique((middles * N_TIERS).astype(np.int64), return_inverse=True)[1][place_of] + 1
    return tiers
