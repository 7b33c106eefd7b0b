import numpy as np
import pytest

from tasks.encoding.nearest_unimodal import nearest_unimodal

RNG = np.random.default_rng(0)
BIMODAL = np.r_[RNG.normal(0, 1, 500), RNG.normal(10, 1, 500)]
UNIMODAL = {
    "normal": RNG.normal(size=1000),
    "uniform": RNG.random(1000),
    "lognormal": np.exp(1.2 * RNG.normal(size=1000)),
    "many zeros": np.r_[np.zeros(600), RNG.exponential(size=400)],
}


@pytest.mark.parametrize("values", UNIMODAL.values(), ids=UNIMODAL)
def test_unimodal_values_are_drawn_as_they_are(values):
    found = nearest_unimodal(values)
    assert found.dip < 0.02
    drawn = found.draw(1000, np.random.default_rng(1))
    assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(values, [0.1, 0.5, 0.9]), abs=0.2)


def test_bimodal_values_have_a_large_dip():
    assert nearest_unimodal(BIMODAL).dip > 0.1
    # Equal values are a mode of their own: half of the customers at zero, the others far from it.
    assert nearest_unimodal(np.r_[np.zeros(500), 5 + RNG.exponential(size=500)]).dip > 0.1


def test_draws_keep_mean_and_deviation():
    drawn = nearest_unimodal(BIMODAL).draw(len(BIMODAL), np.random.default_rng(0))
    assert len(drawn) == len(BIMODAL)
    assert drawn.mean() == pytest.approx(BIMODAL.mean())
    assert drawn.std() == pytest.approx(BIMODAL.std())


def test_draws_from_bimodal_values_are_unimodal():
    counts, _ = np.histogram(nearest_unimodal(BIMODAL).draw(20_000, np.random.default_rng(0)), bins=12)
    slopes = np.sign(np.diff(counts.astype(float)))
    assert np.count_nonzero(np.diff(slopes[np.abs(np.diff(counts)) > 300]) > 0) == 0
