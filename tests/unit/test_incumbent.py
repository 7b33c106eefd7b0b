"""The segments of the previous run stay until others are better for long, or by far."""

import numpy as np
import pytest

from tasks.clustering.choose_k import choose_k
from tasks.clustering.eligibility import Guards, Ruling, rule
from tasks.clustering.incumbent import Incumbent, better, held
from tasks.clustering.lloyd import Fit, converge
from tests.arrays import customers_of

KS = [2, 3, 4, 5]
FITS = [Fit(np.zeros(1, dtype=np.uint8), np.zeros((k, 2)), np.full(k, 100), 1.0) for k in KS]


def ruling_on(means):
    return rule(dict.fromkeys(KS, 100), np.array(means), Guards())


def published(runs, k=4, k_runs=3):
    """Return the k of each run, given the silhouettes of every k in each of them."""
    ahead, found = {}, []
    for means in runs:
        incumbent = Incumbent(np.zeros((k, 2)), ahead, k_runs)
        ruling, challenge = held(ruling_on(means), FITS, np.array(means), incumbent)
        k = KS[ruling.best]
        ahead = {challenge.k: challenge.runs} if challenge and not challenge.is_won else {}
        found.append(k)
    return found


def test_near_ties_in_turn_never_flip():
    assert set(published([[0.2, 0.3, 0.50, 0.51], [0.2, 0.3, 0.51, 0.50]] * 10)) == {4}


def test_lasting_lead_wins_on_third_run():
    assert published([[0.2, 0.3, 0.50, 0.51]] * 5) == [4, 4, 5, 5, 5]


@pytest.mark.parametrize("k_runs", [1, 2])
def test_fewer_runs_win_earlier(k_runs):
    assert published([[0.2, 0.3, 0.50, 0.51]] * 3, k_runs=k_runs).index(5) == k_runs - 1


def test_clear_lead_wins_at_once():
    assert published([[0.2, 0.3, 0.50, 0.56]]) == [5]


def test_challengers_do_not_add_up():
    assert published([[0.2, 0.51, 0.50, 0.3], [0.2, 0.3, 0.50, 0.51], [0.2, 0.51, 0.50, 0.3]]) == [4, 4, 4]


def test_without_previous_run_nothing_is_held():
    ruling = ruling_on([0.2, 0.3, 0.50, 0.51])
    assert held(ruling, FITS, np.array([0.2, 0.3, 0.50, 0.51]), None) == (ruling, None)
    unfitted = Incumbent(np.zeros((9, 2)), {}, 3)
    assert held(ruling, FITS, np.array([0.2, 0.3, 0.50, 0.51]), unfitted) == (ruling, None)
    assert held(Ruling(("",) * 4), FITS, np.zeros(4), Incumbent(np.zeros((4, 2)), {}, 3))[1] is None


def test_segment_that_is_too_small_is_not_kept():
    ruling, means = ruling_on([0.2, 0.3, 0.50, 0.51]), np.array([0.2, 0.3, 0.50, 0.51])
    assert held(ruling, FITS, means, Incumbent(np.zeros((4, 2)), {}, 3), 101) == (ruling, None)


@pytest.mark.parametrize(("objective", "is_kept"), [(0.995, True), (0.98, False)])
def test_fit_stays_unless_another_saves_enough(objective, is_kept):
    labels, sizes = np.zeros(4, dtype=np.uint8), np.array([4])
    kept, fresh = Fit(labels, np.zeros((1, 2)), sizes, 1.0), Fit(labels, np.ones((1, 2)), sizes, objective)
    assert better(kept, fresh) is (kept if is_kept else fresh)


@pytest.fixture(scope="module")
def uniform():
    """Customers without segments, whose optima are many and near each other."""
    return customers_of(np.random.default_rng(0).random((400, 2)).astype(np.float32))


def test_previous_centroids_decide_among_near_optima(uniform):
    starts = [converge(uniform, np.random.default_rng(seed).random((6, 2))) for seed in range(10)]
    best = min(starts, key=lambda fit: fit.objective)
    near = [fit for fit in starts if fit.objective < 1.009 * best.objective and fit is not best]
    assert near  # else the test shows nothing
    for fit in near:
        kept = choose_k(uniform, range(6, 8), random_state=1, incumbent=Incumbent(fit.centroids, {}, 99))
        assert np.array_equal(kept.fit.labels, fit.labels)


def test_challenge_is_told_with_its_runs(uniform):
    alone = choose_k(uniform, range(2, 6), random_state=1)
    other = next(score for score in alone.scores if not score.chosen)
    fit = choose_k(uniform, [other.k], random_state=1).fit
    held_back = choose_k(
        uniform, range(2, 6), random_state=1, incumbent=Incumbent(fit.centroids, {alone.chosen.k: 1}, 3)
    )
    assert held_back.chosen.k == other.k
    assert f"k={alone.chosen.k} is ahead" in held_back.chosen.reason
    assert held_back.chosen.reason.endswith("run 2 of 3")
    assert {score.k: score.runs_ahead for score in held_back.scores if score.runs_ahead} == {alone.chosen.k: 2}
