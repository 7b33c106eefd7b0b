import warnings

import numpy as np
import pytest

from tasks.encoding.blocks import Blocks, blocks_of
from tasks.encoding.one_population import population_of
from tasks.encoding.strategies import STRATEGIES
from tests.base_encodings import base_of

RNG = np.random.default_rng(0)
N = 2_000


def columns(*values):
    matrix = np.column_stack(values).astype(np.float32)
    return Blocks(matrix, np.arange(matrix.shape[1]), np.ones(matrix.shape[1], dtype=np.float32))


def drawn(blocks, seed=0):
    return population_of(blocks, 0).draw(seed)


def correlations(matrix):
    return np.corrcoef(matrix.T)[np.triu_indices(matrix.shape[1], 1)]


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_numbers_keep_their_correlation(correlation):
    cloud = columns(*RNG.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], N).T)
    assert correlations(drawn(cloud)) == pytest.approx(correlations(cloud.matrix), abs=0.05)


def test_skewed_numbers_keep_their_distribution():
    cloud = columns(*np.exp(RNG.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], N)).T)
    shares = [0.05, 0.5, 0.95]
    found, expected = np.quantile(drawn(cloud), shares, axis=0), np.quantile(cloud.matrix, shares, axis=0)
    assert found == pytest.approx(expected, rel=0.15, abs=0.1)


def test_flags_keep_shares_and_correlations():
    taste = RNG.normal(size=(N, 1))
    basket = columns(*(1.5 * taste + RNG.normal(size=(N, 8)) > np.linspace(0.5, 3, 8)).T)
    assert drawn(basket).mean(axis=0) == pytest.approx(basket.matrix.mean(axis=0), abs=1e-6)
    assert correlations(drawn(basket)) == pytest.approx(correlations(basket.matrix), abs=0.1)


def test_groups_of_a_number_are_gone():
    bimodal = np.r_[RNG.normal(0, 1, N // 2), RNG.normal(8, 1, N // 2)]
    values = drawn(columns(bimodal, RNG.normal(size=N)))[:, 0]
    between = np.count_nonzero((values > 3) & (values < 5))
    assert np.count_nonzero((bimodal > 3) & (bimodal < 5)) < 10
    assert between > N / 10


def test_category_keeps_its_values_together():
    age = RNG.normal(size=N)
    place = np.digitize(age + RNG.normal(size=N), [-1, 0, 1])
    blocks = blocks_of(base := base_of(age=age, place=place), STRATEGIES["standard"].features(base, ()))
    population = drawn(blocks)
    assert population[:, 1:].sum(axis=1).tolist() == [1] * N
    # The order of the places along the ages is kept: the oldest live in the last place.
    ages = [population[population[:, 1 + number] == 1, 0].mean() for number in range(4)]
    assert ages == sorted(ages)


@pytest.mark.parametrize(
    "values",
    {
        "constant": [np.zeros(50), np.arange(50.0)],
        "equal columns": [np.arange(50.0), np.arange(50.0)],
        "two rows": [np.arange(2.0), np.arange(2.0)],
        "more columns than rows": list(RNG.normal(size=(40, 20))),
        "all 0 and 1": list((RNG.random((30, 60)) < 0.02).astype(float)),
        "heavy tails": list(RNG.standard_cauchy((2, 300))),
    }.values(),
    ids=["constant", "equal columns", "two rows", "more columns than rows", "all 0 and 1", "heavy tails"],
)
def test_degenerate_columns_are_drawn_all_the_same(values):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(drawn(columns(*values))).all()


def test_the_same_seed_draws_the_same_customers():
    cloud = columns(*RNG.normal(size=(3, 300)))
    assert np.array_equal(drawn(cloud, 5), drawn(cloud, 5))
    assert not np.array_equal(drawn(cloud, 5), drawn(cloud, 6))
