import numpy as np
import pytest

from tasks.encoding.unimodality import critical_bandwidth, draw_unimodal, least_unimodal

RNG = np.random.default_rng(0)
BIMODAL = np.r_[RNG.normal(0, 1, 500), RNG.normal(10, 1, 500)]


def test_bimodal_values_have_a_wide_critical_bandwidth():
    assert critical_bandwidth(BIMODAL) > 3
    assert critical_bandwidth(RNG.normal(0, 1, 1000)) < 1


def test_draws_keep_mean_and_deviation():
    drawn = draw_unimodal(BIMODAL, 0)
    assert len(drawn) == len(BIMODAL)
    assert drawn.mean() == pytest.approx(BIMODAL.mean(), abs=0.5)
    assert drawn.std() == pytest.approx(BIMODAL.std(), rel=0.05)


def test_draws_from_bimodal_values_are_unimodal():
    counts, _ = np.histogram(draw_unimodal(np.tile(BIMODAL, 20), 0), bins=5)
    assert counts.argmax() == 2


def test_bimodal_numbers_are_the_least_unimodal():
    numbers = {f"n{number}": RNG.normal(size=300) for number in range(9)}
    numbers = {"a": BIMODAL / 100, **numbers, "z": BIMODAL}
    assert least_unimodal(numbers, 2) == ["a", "z"]
    assert least_unimodal(numbers, 11) == list(numbers)
