import numpy as np
import pytest

from tasks.clustering.tiers import N_TIERS, tiers_along
from tests.arrays import customers_of


def tiers_of(values):
    distinct = customers_of(np.array(values, dtype=np.float32)[:, None])
    return tiers_along(distinct, np.array([1.0]))[distinct.row_of]


def test_tiers_are_fifths_in_order():
    values = np.random.default_rng(0).permutation(100)
    tiers = tiers_of(values)
    assert np.bincount(tiers).tolist() == [0, 20, 20, 20, 20, 20]
    assert (np.diff(tiers[values.argsort()]) >= 0).all()


def test_equal_customers_are_in_one_tier():
    tiers = tiers_of([1.0] * 70 + [2.0] * 20 + [3.0] * 10)
    assert [set(tiers[own].tolist()) for own in (slice(70), slice(70, 90), slice(90, 100))] == [{1}, {2}, {2}]


@pytest.mark.parametrize("values", [[1.0], [1.0, 1.0], [-1e-30, 1e-30, 0.0]])
def test_few_customers_have_tiers(values):
    assert set(tiers_of(values).tolist()) <= set(range(1, N_TIERS + 1))
