import numpy as np
import pytest

from tasks.encoding.unimodality import critical_bandwidth, farthest_from_one_hump, one_humped

RNG = np.random.default_rng(0)
TWO_HUMPS = np.r_[RNG.normal(0, 1, 500), RNG.normal(10, 1, 500)]


def test_two_humps_take_a_wide_bandwidth_to_be_one():
    assert critical_bandwidth(TWO_HUMPS) > 3
    assert critical_bandwidth(RNG.normal(0, 1, 1000)) < 1


def test_what_is_drawn_has_the_mean_and_the_spread_of_the_values():
    drawn = one_humped(TWO_HUMPS, 0)
    assert len(drawn) == len(TWO_HUMPS)
    assert drawn.mean() == pytest.approx(TWO_HUMPS.mean(), abs=0.5)
    assert drawn.std() == pytest.approx(TWO_HUMPS.std(), rel=0.05)


def test_what_is_drawn_of_two_humps_has_one():
    counts, _ = np.histogram(one_humped(np.tile(TWO_HUMPS, 20), 0), bins=5)
    assert counts.argmax() == 2


def test_of_many_numbers_those_with_two_humps_are_farthest_from_one():
    numbers = {f"n{number}": RNG.normal(size=300) for number in range(9)}
    numbers = {"a": TWO_HUMPS / 100, **numbers, "z": TWO_HUMPS}
    assert farthest_from_one_hump(numbers, 2) == ["a", "z"]
    assert farthest_from_one_hump(numbers, 11) == list(numbers)
