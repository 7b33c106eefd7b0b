import warnings

import numpy as np
import pytest

from tasks.encoding.derived_columns import bands, combinations
from tasks.encoding.redundant_columns import redundant_columns
from tests.base_encodings import base_of

RNG = np.random.default_rng(0)
N = 1_000
SPEND, VISITS, AGE = np.exp(RNG.normal(4, 0.8, N)).round(2), RNG.poisson(6, N) + 1.0, RNG.normal(45, 13, N)
QUARTILE = np.searchsorted(np.quantile(SPEND, [0.25, 0.5, 0.75]), SPEND)


def derived(base):
    return {one.name: one.why for one in combinations(base)}


def banded(base, **categories):
    return bands(base, categories)


def left_out(base):
    return {one.name for one in redundant_columns(base)}


@pytest.mark.parametrize("score", [QUARTILE, 5 - QUARTILE], ids=["ascending", "descending"])
def test_score_is_a_band_of_its_number(score):
    assert banded(base_of(spend=SPEND, visits=score)) == {"visits": "spend"}


def test_names_of_bands_need_no_order():
    names = np.array([2, 0, 3, 1])[QUARTILE]
    assert banded(base_of(spend=SPEND), place=names) == {"place": "spend"}


def test_rare_flag_above_a_bound_is_a_band():
    assert banded(base_of(spend=SPEND), member=(np.quantile(SPEND, 0.97) < SPEND).astype(int)) != {}


def test_what_goes_along_is_no_band():
    near = np.searchsorted(np.quantile(SPEND, [0.25, 0.5, 0.75]), SPEND * np.exp(RNG.normal(0, 0.2, N)))
    assert banded(base_of(spend=SPEND, visits=near), member=(RNG.random(N) < 0.03).astype(int)) == {}


def test_sum_is_derived_from_its_terms():
    assert derived(base_of(spend=SPEND, visits=AGE, age=SPEND + AGE)) == {
        "age": "it is a sum or difference of spend, visits"
    }


def test_terms_of_a_sum_are_kept_in_any_order():
    assert derived(base_of(age=SPEND + 30 * VISITS, spend=SPEND, visits=VISITS)).keys() == {"age"}


@pytest.mark.parametrize("values", [SPEND * VISITS, (SPEND / VISITS).round(2)], ids=["product", "ratio"])
def test_product_and_ratio_are_derived(values):
    assert derived(base_of(spend=SPEND, visits=VISITS, age=values)) == {
        "age": "it is a product or ratio of spend, visits"
    }


def test_sum_is_derived_beside_outliers_and_gaps():
    total = np.where(RNG.random(N) < 0.1, 120.0, SPEND + 20 * VISITS)
    base = base_of(spend=np.where(RNG.random(N) < 0.005, 1e6, SPEND), visits=VISITS, age=total)
    assert derived(base).keys() == {"age"}


def test_correlated_numbers_are_not_derived():
    cloud = RNG.multivariate_normal([50] * 3, 9 * (np.full((3, 3), 0.95) + np.eye(3) * 0.05), N)
    assert derived(base_of(age=cloud[:, 0], spend=cloud[:, 1], visits=cloud[:, 2])) == {}


def test_scores_and_their_digits_are_left_out():
    scores = [np.searchsorted(np.quantile(own, [0.25, 0.5, 0.75]), own) + 1 for own in (SPEND, AGE)]
    base = base_of(spend=SPEND, age=AGE, n0=scores[0], n1=scores[1], n2=10 * scores[0] + scores[1])
    assert {one.name for one in redundant_columns(base)} == {"n0", "n1", "n2"}


@pytest.mark.parametrize("n_customers", [5, 30])
def test_few_customers_derive_nothing(n_customers):
    columns = {f"n{number}": RNG.normal(size=n_customers) for number in range(4)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert redundant_columns(base_of(**columns)) == []


def test_bands_among_equal_values_are_chance():
    mostly_one = np.where(RNG.random(N) < 0.95, 999, RNG.integers(0, 20, N))
    assert banded(base_of(visits=mostly_one), place=(RNG.random(N) < 0.5).astype(int)) == {}


def test_score_by_rank_may_cut_equal_values():
    order = np.lexsort((np.arange(N), VISITS)).argsort()
    assert banded(base_of(visits=VISITS), place=order * 4 // N) == {"place": "visits"}


def test_number_stays_beside_its_score():
    decile = np.searchsorted(np.quantile(SPEND, np.linspace(0.1, 0.9, 9)), SPEND)
    assert left_out(base_of(age=decile, spend=SPEND, visits=VISITS)) == {"age"}


def test_total_stays_beside_its_larger_part():
    hours, minutes = RNG.integers(0, 4, N), RNG.integers(0, 60, N)
    assert "visits" not in left_out(base_of(age=hours, spend=minutes, visits=60 * hours + minutes))


def test_mostly_zero_numbers_are_no_sums():
    rare = [np.where(RNG.random(N) < 0.1, RNG.lognormal(3, 0.5, N), 0) for _ in range(2)]
    noisy = rare[0] * RNG.uniform(0.6, 1.4, N) + rare[1] * RNG.uniform(0.6, 1.4, N)
    assert derived(base_of(spend=rare[0], visits=rare[1], n0=noisy, age=AGE)) == {}


def test_sum_of_mostly_zero_numbers_is_found():
    rare = [np.where(RNG.random(N) < 0.2, RNG.lognormal(3, 0.5, N), 0) for _ in range(2)]
    assert derived(base_of(spend=rare[0], visits=rare[1], n0=rare[0] + rare[1], age=AGE)).keys() == {"n0"}


def test_partial_copy_is_no_sum():
    copy = np.where(RNG.random(N) < 0.9, SPEND, RNG.permutation(SPEND))
    assert derived(base_of(spend=SPEND, visits=copy, age=AGE)) == {}
