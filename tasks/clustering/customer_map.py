"""Lay customers out in the plane, those beside each other who are alike: the two main components of encoded rows."""

from dataclasses import dataclass

import numpy as np

from tasks.clustering.positions import sample_positions
from tasks.clustering.rows import Distinct, Floats

#: Customers drawn at most, numbers of their encoded rows at most, and digits of a coordinate that are kept.
MAP_CUSTOMERS, _MAX_NUMBERS, _DECIMALS = 2_000, 20_000_000, 4


@dataclass(frozen=True)
class CustomerMap:
    """Some customers in the plane.

    Attributes:
        positions: canonical positions of the customers, ascending.
        coordinates: along the first and second principal component, in encoded units, shape (n_drawn, 2).
    """

    positions: list[int]
    coordinates: Floats


def map_of(distinct: Distinct, random_state: int) -> CustomerMap:
    """Return all customers, or a random sample where they are many, along their two main components (Pearson 1901).

    Args:
        distinct: the encoded customers.
        random_state: seed of the sample.
    """
    n_features = distinct.rows.n_features
    n_drawn = min(MAP_CUSTOMERS, distinct.n_customers, max(100, _MAX_NUMBERS // max(1, n_features)))
    positions = sample_positions(distinct.n_customers, n_drawn, random_state)
    rows = distinct.rows.dense(distinct.row_of[positions].astype(np.intp)).astype(np.float64)
    rows -= rows.mean(axis=0)
    coordinates = np.zeros((n_drawn, 2))
    n_components = min(2, *rows.shape)
    if n_components:
        from sklearn.utils.extmath import randomized_svd

        left, strengths, _ = randomized_svd(rows, n_components, random_state=random_state)
        coordinates[:, :n_components] = np.round(left * strengths, _DECIMALS) + 0.0
    return CustomerMap(positions, coordinates)
