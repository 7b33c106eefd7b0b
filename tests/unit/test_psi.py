"""The population stability index: its value, what chance explains of it, and the bins of a number."""

import math

import numpy as np
import pytest

from tasks.continuity.psi import bin_labels, chance_psi, level_of, psi_parts, upper_ends


def test_index_has_its_textbook_value():
    parts = psi_parts([50, 30, 20], [40, 30, 30])
    assert parts.tolist() == pytest.approx([0.1 * math.log(0.5 / 0.4), 0, 0.1 * math.log(0.3 / 0.2)])


def test_shift_of_a_normal_number_is_squared():
    # Of a normal number that moves by d standard deviations, the divergence both ways is d squared.
    then, now = (np.random.default_rng(seed).normal(mean, 1, 100_000) for seed, mean in ((0, 0), (1, 0.5)))
    edges = [-np.inf, *np.quantile(then, np.linspace(0.01, 0.99, 99)), np.inf]
    found = psi_parts(np.histogram(then, edges)[0], np.histogram(now, edges)[0]).sum()
    assert found == pytest.approx(0.25, rel=0.03)


def test_order_of_the_runs_is_irrelevant():
    assert psi_parts([5, 0, 15], [3, 4, 13]).sum() == pytest.approx(psi_parts([3, 4, 13], [5, 0, 15]).sum())


def test_same_shares_have_no_drift():
    assert psi_parts([10, 20], [30, 60]).tolist() == [0, 0]


def test_empty_bin_counts_as_half_a_customer():
    assert psi_parts([10, 0], [10, 10])[1] == pytest.approx((0.5 - 0.05) * math.log(0.5 / 0.05))
    assert psi_parts([10, 0], [20, 0]).tolist() == [0, 0]


def test_no_customers_have_no_drift():
    assert psi_parts([0, 0], [0, 0]).tolist() == [0, 0]


@pytest.mark.parametrize(("n", "m"), [(6, 6), (20, 20), (100, 50), (1000, 500)])
@pytest.mark.parametrize("n_bins", [2, 5, 10, 100])
def test_chance_rarely_looks_like_drift(n, m, n_bins):
    rng = np.random.default_rng(0)
    shares = np.full(n_bins, 1 / n_bins)
    then, now = (rng.multinomial(size, shares, 5000) for size in (n, m))
    psi = psi_parts(then, now).sum(axis=1)
    filled = ((then > 0) | (now > 0)).sum(axis=1)
    alarms = [level_of(one, chance_psi(k, n, m, 1)) == "major" for one, k in zip(psi, filled.tolist(), strict=True)]
    assert np.mean(alarms) <= 0.015


def test_more_tests_need_more_drift():
    assert chance_psi(10, 100, 100, 1600) > 1.5 * chance_psi(10, 100, 100, 1)


def test_one_bin_leaves_nothing_to_chance():
    assert chance_psi(1, 6, 6, 3) == 0


@pytest.mark.parametrize(
    ("psi", "chance", "level"),
    [
        (0.09, 0, "stable"),
        (0.1, 0, "moderate"),
        (0.25, 0, "moderate"),
        (0.26, 0, "major"),
        (0.26, 0.3, "stable"),
    ],
)
def test_level_is_the_rule_of_thumb(psi, chance, level):
    assert level_of(psi, chance) == level


@pytest.mark.parametrize(
    ("cuts", "ends", "labels"),
    [
        ([1, 2, 3, 4], [2, 3], ["up to 2", "over 2 to 3", "over 3"]),
        ([0, 0, 0, 5, 9], [0, 5], ["up to 0", "over 0 to 5", "over 5"]),
        ([1, 9, 9, 9], [math.nextafter(9, 0), 9], ["below 9", "9", "over 9"]),
        ([1, 1, 1], [math.nextafter(1, 0), 1], ["below 1", "1", "over 1"]),
        ([], [], ["any number"]),
    ],
)
def test_bins_end_at_different_quantiles(cuts, ends, labels):
    assert (upper_ends(cuts), bin_labels(upper_ends(cuts))) == (ends, labels)
