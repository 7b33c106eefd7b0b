"""Tiers of customers along a gradient: fifths of about equal size, where nothing separates segments.

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
    # From the largest segment on, as most customers are there.
    direction: Floats = directions[0] * (1.0 if centered[0] @ directions[0] < 0 else -1.0)
    return direction


def tiers_along(distinct: Distinct, direction: Floats) -> npt.NDArray[np.int64]:
    """Return the tier of each different row, 1 to N_TIERS along a direction; equal places are in one tier.

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
    tiers: npt.NDArray[np.int64] = (middles * N_TIERS).astype(np.int64)[place_of] + 1
    return tiers
