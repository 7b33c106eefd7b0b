import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score

import tasks.clustering.choose_k
import tasks.clustering.sampling
import tasks.clustering.silhouette
import tasks.clustering.silhouette_curve
from tasks.clustering.choose_k import Guards, NullScore, choose_k
from tasks.clustering.eligibility import decisive_of, rule
from tasks.clustering.silhouette import BlockSizes
from tasks.clustering.silhouette_curve import Scoring
from tests.arrays import customers_of
from tests.threads import printed_with_threads

ALL_K = range(2, 11)
KS_OF_NOISE = range(4, 10)


def blobs(n_clusters, n_customers=600, seed=1, spread=1.0):
    rng = np.random.default_rng(seed)
    centers = rng.permutation(np.array([[x, y] for x in range(0, 40, 10) for y in range(0, 30, 10)]))[:n_clusters]
    matrix, _ = make_blobs(n_customers, centers=centers, cluster_std=spread, random_state=seed)
    return matrix.astype(np.float32)


def chosen(matrix, candidates=ALL_K, seed=0, **settings):
    told = {name: settings.pop(name) for name in ("progress", "guards") if name in settings}
    return choose_k(customers_of(matrix), candidates, random_state=seed, scoring=Scoring(**settings), **told)


def with_silhouettes(monkeypatch, by_k):
    """Have every customer of a fit with k segments a silhouette that is given."""
    monkeypatch.setattr(
        tasks.clustering.silhouette_curve,
        "exact_silhouettes",
        lambda rows, weights, labels, *_: np.array([np.full(len(rows), by_k[own.max() + 1]) for own in labels]),
    )


def reasons(choice):
    return {score.k: score.reason for score in choice.scores}


def assert_chosen_is_the_best_eligible(choice):
    assert choice.chosen.eligible
    assert choice.chosen.k == choice.fit.n_clusters
    assert choice.chosen.smallest_segment == choice.fit.sizes.min()
    assert choice.chosen.silhouette == max(score.silhouette for score in choice.scores if score.eligible)


@pytest.mark.parametrize("n_clusters", [3, 5, 8])
def test_clear_segments_are_counted_right(n_clusters):
    choice = chosen(blobs(n_clusters))
    assert choice.chosen.k == n_clusters
    assert [score.k for score in choice.scores] == list(ALL_K)
    assert sum(score.chosen for score in choice.scores) == 1


def test_scores_equal_those_of_scikit_learn():
    matrix = blobs(4)
    choice = chosen(matrix)
    best = KMeans(choice.chosen.k, n_init=20, random_state=0).fit(matrix.astype(np.float64))
    assert choice.chosen.silhouette == pytest.approx(silhouette_score(matrix, best.labels_), abs=1e-6)
    assert choice.fit.objective == pytest.approx(best.inertia_ / len(matrix), rel=1e-6)


def test_curve_keeps_the_quartiles():
    matrix = blobs(4, spread=4.0)
    choice = chosen(matrix)
    score = choice.chosen
    assert -1 <= score.silhouette_q1 < score.silhouette < score.silhouette_q3 <= 1
    assert score.silhouette_low == score.silhouette == score.silhouette_high


def test_tie_goes_to_the_smaller_k(monkeypatch):
    monkeypatch.setattr(
        tasks.clustering.silhouette_curve,
        "exact_silhouettes",
        lambda rows, weights, labels, *_: np.full((len(labels), len(rows)), 0.5),
    )
    choice = chosen(blobs(4))
    assert choice.chosen.k == 2
    assert choice.scores[1].reason == "equal to k=2, the smaller is chosen"


#: Prints all that is known of a choice on noise, where every rounding shows.
PROGRAM = """
import os, sys
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {int(cpu) for cpu in sys.argv[1].split(",")} & os.sched_getaffinity(0))
import numpy as np
from tasks.clustering.choose_k import choose_k
from tasks.clustering.silhouette_curve import Scoring
from tests.arrays import customers_of
distinct = customers_of(np.random.default_rng(0).normal(size=(2500, 64)))
for scoring in (Scoring(), Scoring(exact_rows=10, max_scored=500)):
    choice = choose_k(distinct, [2, 3], random_state=0, scoring=scoring)
    print(choice.scores, choice.fit.centroids.tobytes().hex()[:4000], choice.fit.labels.tobytes().hex())
"""


def test_number_of_threads_changes_no_bit():
    printed = printed_with_threads(PROGRAM)
    assert len(printed) == 1
    assert b"chosen=True" in printed.pop()


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        ([[1.0, 2.0]], "one segment: there is 1 customer"),
        ([[1.0, 2.0]] * 5, "one segment: all 5 customers are equal after encoding"),
        ([[1.0, 2.0], [3.0, 1.0]], "one segment: 2 customers have a silhouette up to k=1"),
    ],
)
def test_degenerate_customers_are_one_segment(matrix, reason):
    choice = chosen(matrix)
    assert choice.fit.n_clusters == 1
    assert choice.chosen.reason == reason
    assert [score.k for score in choice.scores] == [1, *ALL_K]
    assert not any(score.eligible for score in choice.scores[1:])


def test_no_feature_at_all_is_one_segment():
    assert chosen(np.empty((5, 0))).chosen.reason == "one segment: all 5 customers are equal after encoding"


def test_k_is_bounded_by_different_customers():
    choice = chosen(np.repeat([[0.0], [5.0], [9.0]], 10, axis=0))
    assert choice.chosen.k == 3
    assert choice.scores[2].reason == "not possible: 3 of 30 customers differ after encoding"


def test_two_equal_groups_are_two_segments():
    choice = chosen(np.repeat([[0.0], [1e6]], [7, 3], axis=0))
    assert (choice.chosen.k, choice.chosen.silhouette, choice.fit.objective) == (2, 1.0, 0.0)


def test_requested_k_is_no_decision():
    assert chosen(blobs(3), [4]).chosen.decisive is None


def test_many_ks_are_scored_in_parts(monkeypatch):
    matrix = blobs(4, 900, spread=4.0)
    whole = [chosen(matrix, exact_rows=rows, max_scored=300).scores for rows in (1000, 10)]
    monkeypatch.setattr(tasks.clustering.silhouette, "BLOCKS", BlockSizes(sums_bytes=1, segments=10))
    told = []
    parts = chosen(matrix, exact_rows=1000, progress=lambda *words: told.append(words)).scores
    for one, other in zip(
        [*whole[0], *whole[1]], [*parts, *chosen(matrix, exact_rows=10, max_scored=300).scores], strict=True
    ):
        assert one.silhouette == pytest.approx(other.silhouette, abs=1e-6)
    scored = [done for words, done, _ in told if words == "different rows scored"]
    assert scored == sorted(scored)


def test_fixed_k_beyond_customers_is_one_segment():
    choice = chosen([[0.0], [1.0], [2.0]], [8])
    assert choice.fit.n_clusters == 1
    assert choice.chosen.reason == "one segment: 3 customers have a silhouette up to k=2"


def test_different_rows_decide_on_exactness():
    matrix = np.repeat(blobs(4, 300), 20, axis=0)
    score = chosen(matrix, exact_rows=300).chosen
    assert (score.method, score.rows_scored, score.rows_against) == ("exact", 6000, 6000)
    assert chosen(matrix, exact_rows=299, max_scored=500).chosen.method == "sampled"


def test_more_than_exact_rows_are_sampled():
    matrix = blobs(4, 3000, spread=3.0)
    exact = chosen(matrix).scores
    sampled = chosen(matrix, exact_rows=1000, max_scored=500).scores
    for one, other in zip(exact, sampled, strict=True):
        assert other.method == "sampled"
        assert 500 <= other.rows_scored < 600
        assert other.silhouette_high - other.silhouette_low < 0.1
        # Three times the interval, as these are nine.
        assert abs(one.silhouette - other.silhouette) < 1.5 * (other.silhouette_high - other.silhouette_low)


def test_sampling_ends_when_best_k_is_clear():
    score = chosen(blobs(4, 3000), exact_rows=10, max_scored=3000).chosen
    assert score.k == 4
    assert score.decisive
    assert score.rows_scored < 2100


def chosen_of_noise(**settings):
    """Return a choice on noise, the first look at which has 200 of its rows."""
    matrix = np.random.default_rng(0).normal(size=(4000, 12))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks.clustering.sampling, "FIRST_SCORED", 200)
        return chosen(matrix, KS_OF_NOISE, exact_rows=10, max_scored=800, **settings)


@pytest.fixture(scope="module")
def open_choice():
    return chosen_of_noise()


@pytest.fixture(scope="module")
def clear_choice(open_choice):
    """The same choice where no k but the chosen one is eligible."""
    nulls = {k: NullScore(0.0, float(k == open_choice.chosen.k)) for k in KS_OF_NOISE}
    return chosen_of_noise(guards=Guards(min_gain_share=0.5, nulls=nulls))


def test_unclear_choice_uses_the_whole_budget(open_choice):
    scores = open_choice.scores
    best = next(score for score in scores if score.chosen)
    assert best.rows_scored >= 800
    assert not best.decisive
    near = [score for score in scores if not score.decisive and not score.chosen]
    assert near
    assert all(score.reason.endswith(f"below k={best.k}, within sampling error") for score in near)


def test_chosen_k_is_converged_and_rescored():
    matrix = blobs(4, 3000, spread=5.0)
    distinct = customers_of(matrix)
    choice = choose_k(distinct, [3, 4], random_state=0, scoring=Scoring(exact_rows=10, max_scored=1000))
    exact = silhouette_score(matrix.astype(np.float64), choice.fit.labels[distinct.row_of])
    assert choice.chosen.silhouette_low - 0.01 < exact < choice.chosen.silhouette_high + 0.01
    points = distinct.rows.dense(slice(None))
    for number, centroid in enumerate(choice.fit.centroids):
        assert centroid == pytest.approx(points[choice.fit.labels == number].mean(axis=0, dtype=np.float64), abs=1e-9)
    assert choice.chosen.objective == choice.fit.objective


def test_chosen_k_has_the_highest_silhouette():
    for seed in range(3):
        scores = chosen(np.random.default_rng(seed).normal(size=(300, 5)), range(2, 7), seed=seed).scores
        best = next(score for score in scores if score.chosen)
        assert best.silhouette == max(score.silhouette for score in scores)


def test_progress_tells_every_fit_and_the_silhouettes():
    told = []
    chosen(blobs(3), [2, 3, 4], progress=lambda *words: told.append(words))
    assert [(done, total) for words, done, total in told if words.endswith("fitted")] == [(1, 3), (2, 3), (3, 3)]
    assert ("different rows scored", 600, 600) in told
    assert told[-1][0].startswith("k=3")


def four_groups_and_a_far_row(distance):
    centers = np.array([[0.0, 0], [10, 0], [0, 10], [10, 10]])
    matrix, _ = make_blobs(300, centers=centers, random_state=0)
    return np.vstack([matrix, [[5 + distance, 5]]])


def test_one_far_customer_is_no_segment():
    matrix = four_groups_and_a_far_row(30)
    assert chosen(matrix).chosen.smallest_segment == 1
    choice = chosen(matrix, guards=Guards(min_customers=5))
    assert choice.chosen.k == 4
    assert choice.chosen.smallest_segment >= 75
    assert reasons(choice)[5] == "not eligible: its smallest segment has 1 customer, fewer than 5"
    assert choice.scores[3].silhouette > choice.chosen.silhouette
    assert choice.chosen.reason == "highest silhouette of the eligible ones"
    assert_chosen_is_the_best_eligible(choice)


def test_only_small_segments_give_one_segment():
    choice = chosen(four_groups_and_a_far_row(1e6), range(2, 5), guards=Guards(min_customers=5))
    assert (choice.fit.n_clusters, choice.stability) == (1, None)
    assert choice.chosen.reason == "one segment: no k keeps every segment at 5 customers"
    assert [score.k for score in choice.scores] == [1, 2, 3, 4]
    for score in choice.scores[1:]:
        assert score.silhouette is not None
        assert (score.eligible, score.decisive) == (False, None)
        assert score.reason == "not eligible: its smallest segment has 1 customer, fewer than 5"


def test_requested_k_is_chosen_with_its_fault():
    choice = chosen(four_groups_and_a_far_row(30), [5], guards=Guards(min_customers=5))
    assert choice.chosen.k == 5
    assert choice.chosen.eligible
    assert choice.chosen.reason == "asked for; its smallest segment has 1 customer, fewer than 5"
    assert chosen(blobs(3), [3], guards=Guards(min_customers=5)).chosen.reason == "asked for"


def test_guards_apply_to_published_segments(monkeypatch):
    matrix, guards = np.vstack([blobs(4, 400), [[60.0, 60.0]]]), Guards(min_customers=2)
    assert chosen(matrix, [3, 4], guards=guards).chosen.k == 4

    def deeper(distinct, start, random_state):
        return np.vstack([start[:-1], [[60.0, 60.0]]]) if len(start) == 4 else start

    monkeypatch.setattr(tasks.clustering.choose_k, "search_deeply", deeper)
    choice = chosen(matrix, [3, 4], guards=guards)
    assert choice.chosen.k == 3
    assert reasons(choice)[4] == "not eligible: its smallest segment has 1 customer, fewer than 2"
    assert_chosen_is_the_best_eligible(choice)


def test_k_near_the_null_model_is_ineligible(monkeypatch):
    with_silhouettes(monkeypatch, {2: 0.7, 3: 0.5, 4: 0.6})
    nulls = {2: NullScore(0.69, 0.010), 3: NullScore(0.44, 0.061), 4: NullScore(0.48, 0.120)}
    choice = chosen(blobs(4), [2, 3, 4], guards=Guards(min_gain_share=0.5, nulls=nulls))
    assert choice.chosen.k == 4
    assert reasons(choice) == {
        2: "not eligible: its gain is below 50% of that of k=4",
        3: "0.1000 below k=4",
        4: "highest silhouette of the eligible ones",
    }
    assert [(score.null_silhouette, score.silhouette_gain) for score in choice.scores] == [
        (0.69, 0.01),
        (0.44, 0.061),
        (0.48, 0.12),
    ]
    assert_chosen_is_the_best_eligible(choice)


def test_gains_of_small_segments_do_not_count():
    nulls = {2: NullScore(0.1, 0.8), 3: NullScore(0.4, 0.1), 5: NullScore(0.4, -0.01)}
    guards = Guards(min_customers=5, min_gain_share=0.5, nulls=nulls)
    ruling = rule({2: 1, 3: 50, 4: 40, 5: 30}, np.array([0.9, 0.5, 0.4, 0.6]), guards)
    assert (ruling.best, ruling.faults[1:3]) == (1, ("", ""))
    assert ruling.faults[3] == "it gains nothing over permuted columns"


def test_without_gain_no_k_is_ruled_out():
    guards = Guards(min_gain_share=0.5, nulls={2: NullScore(0.5, -0.02), 3: NullScore(0.5, -0.01)})
    assert rule({2: 9, 3: 9}, np.array([0.5, 0.4]), guards).faults == ("", "")


def test_larger_k_adding_too_little_is_ineligible(monkeypatch):
    with_silhouettes(monkeypatch, {2: 0.4, 3: 0.5, 4: 0.5199, 5: 0.5, 6: 0.5001, 7: 0.49})
    choice = chosen(blobs(4), range(2, 8), guards=Guards(min_improvement=0.02))
    assert choice.chosen.k == 3
    assert reasons(choice) == {
        2: "0.1000 below k=3",
        3: "highest silhouette of the eligible ones",
        4: "not eligible: adds .019 to k=3, less than .02",
        5: "not eligible: adds nothing to k=3, less than .02",
        6: "not eligible: adds less than .001 to k=3, less than .02",
        7: "0.0100 below k=3",
    }
    assert [score.k for score in choice.scores if score.eligible] == [2, 3, 7]
    assert_chosen_is_the_best_eligible(choice)


def test_larger_k_adding_enough_is_chosen():
    guards = Guards(min_improvement=0.02)
    assert rule({2: 9, 3: 9}, np.array([0.5, 0.52]), guards).best == 1
    assert rule({2: 9, 3: 9}, np.array([0.5, 0.519]), guards).best == 0


def test_guards_keep_the_highest_eligible_silhouette():
    rng = np.random.default_rng(0)
    for seed in range(300):
        means, smallest = (
            rng.integers(30, 60, size=8) / 100,
            dict(zip(range(2, 10), rng.integers(9, size=8), strict=True)),
        )
        nulls = {k: NullScore(0.0, float(rng.normal())) for k in smallest if rng.random() < 0.8}
        guards = Guards(3, float(rng.choice([0, 0.02, 0.1])), 0.5, nulls)
        ruling = rule(smallest, means, guards)
        eligible = [place for place, fault in enumerate(ruling.faults) if not fault]
        assert (ruling.best is None) == (not eligible), seed
        for place in eligible:
            behind = means[ruling.best] - means[place]
            assert behind >= 0 or (place > ruling.best and -behind < guards.min_improvement), seed


def test_ineligible_k_leaves_the_choice_decided(open_choice, clear_choice):
    assert not open_choice.chosen.decisive
    assert (clear_choice.chosen.k, clear_choice.chosen.decisive) == (open_choice.chosen.k, True)
    assert all(score.decisive is None for score in clear_choice.scores if not score.chosen)


class Known:
    """A curve of which the means and one standard error of all differences are known."""

    def __init__(self, means, error):
        self.known, self.error = np.array(means), error

    def leads(self, best):
        return self.known[best] - self.known, np.where(np.arange(len(self.known)) == best, 0, self.error)


@pytest.mark.parametrize(
    ("means", "decisive"),
    [
        ([0.30, 0.50, 0.515], [True, True, True]),
        ([0.30, 0.50, 0.519], [True, False, False]),  # a gain of .02 is near
        ([0.30, 0.50, 0.49], [True, True, True]),
        ([0.479, 0.50, 0.49], [False, False, True]),  # not far from being within .02 of the highest
        ([0.494, 0.50, 0.516], [False, False, True]),
    ],
)
def test_gain_near_the_bound_leaves_it_open(means, decisive):
    guards = Guards(min_improvement=0.02)
    ruling = rule({2: 9, 3: 9, 4: 9}, np.array(means), guards)
    assert ruling.best == 1
    assert decisive_of(Known(means, 0.001), ruling, guards) == decisive


def test_choice_has_the_stability_of_segments():
    # Noise of which no k comes back: that of some seeds has one by chance.
    clear, noise = chosen(blobs(4), [3, 4, 5]), chosen(np.random.default_rng(1).normal(size=(600, 8)), [3, 4, 5])
    assert (clear.chosen.k, clear.chosen.ari_seeds, clear.chosen.ari_bootstrap) == (4, 1.0, 1.0)
    assert clear.stability.tolist() == [1.0] * 4
    assert noise.stability.shape == (noise.chosen.k,)
    assert noise.stability.max() < 0.7
    for score in noise.scores:
        assert max(score.ari_seeds, score.ari_bootstrap) < 0.5


def test_sampling_ends_when_eligible_k_is_clear(open_choice, clear_choice):
    assert open_choice.chosen.rows_scored >= 800
    assert clear_choice.chosen.rows_scored < 300
