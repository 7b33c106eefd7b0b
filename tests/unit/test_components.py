import numpy as np
import pytest

from tasks.encoding.blocks import Blocks, blocks_of
from tasks.encoding.components import common_components, missing_components
from tasks.encoding.strategies import STRATEGIES
from tests.base_encodings import base_of

RNG = np.random.default_rng(0)
N = 3000


def components_of(base, name="mixed"):
    return common_components(blocks_of(base, STRATEGIES[name].features(base, ())), 0)


def test_independent_columns_rarely_share_components():
    independent = [
        base_of(age=RNG.normal(size=N), place=RNG.integers(0, 6, N), basket=RNG.random((N, 8)) < 0.2) for _ in range(10)
    ]
    assert sum(len(components_of(base)) > 0 for base in independent) <= 2  # one of 21 by chance


def test_three_tastes_are_two_components():
    kind = RNG.integers(0, 3, N)
    basket = RNG.random((N, 9)) < np.where(np.arange(9) // 3 == kind[:, None], 0.6, 0.1)
    components = components_of(base_of(age=RNG.normal(size=N), basket=basket))
    assert len(components) == 2
    assert np.abs(components.loadings[0]).max() < 0.1  # the age has no part in it
    assert (components.variances > components.null_variance).all()


def test_loadings_are_orthonormal_strongest_first():
    kind = RNG.integers(0, 3, N)
    basket = RNG.random((N, 9)) < np.where(np.arange(9) // 3 == kind[:, None], 0.6, 0.1)
    components = components_of(base_of(basket=basket))
    assert components.loadings.T @ components.loadings == pytest.approx(np.eye(2), abs=1e-9)
    assert components.variances[0] >= components.variances[1]


def test_brackets_see_what_is_not_linear():
    age = RNG.uniform(0, 60, N)
    place = np.where((age > 20) & (age < 40), 0, RNG.integers(1, 3, N))  # the middle-aged live in a place of their own
    base = base_of(age=age, place=place)
    assert len(components_of(base)) == 0
    assert len(components_of(base, "brackets")) >= 1


def test_a_declared_weight_makes_no_component():
    blocks = Blocks(RNG.normal(size=(N, 3)).astype(np.float32) * [1, 1, 9], np.arange(3), np.float32([1, 1, 9]))
    assert len(common_components(blocks, 0)) == 0


def test_one_column_shares_nothing():
    assert len(components_of(base_of(place=RNG.integers(0, 3, N)))) == 0


def tastes(n_kinds, seed):
    """Return customers of two of three kinds or all, each with three favorite items."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, n_kinds, N)
    basket = rng.random((N, 9)) < np.where(np.arange(9) // 3 == kind[:, None], 0.6, 0.1)
    return base_of(age=rng.normal(size=N), basket=basket)


def test_same_kinds_lack_no_component():
    first = STRATEGIES["mixed"].features(tastes(2, 0), ())
    kept = common_components(blocks_of(tastes(2, 0), first), 0)
    for seed in range(1, 6):
        assert len(missing_components(blocks_of(tastes(2, seed), first), kept, 0)) == 0


def test_new_kind_lacks_a_component():
    first = STRATEGIES["mixed"].features(tastes(2, 0), ())
    kept = common_components(blocks_of(tastes(2, 0), first), 0)
    missing = missing_components(blocks_of(tastes(3, 1), first), kept, 0)
    assert len(missing) == 1
    assert np.abs(missing.loadings[-3:, 0]).min() > np.abs(missing.loadings[:-3, 0]).max()  # the items of the new kind
