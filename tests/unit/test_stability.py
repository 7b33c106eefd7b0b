import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

import tasks.clustering.stability
from tasks.clustering.search import search
from tasks.clustering.stability import Stability, StabilitySettings, adjusted_rand_index, jaccard_indices, stability_of
from tests.arrays import customers_of
from tests.threads import printed_with_threads


def planted(n_customers=800, spread=1.0):
    centers = np.array([[0.0, 0], [10, 0], [0, 10], [10, 10]])
    return make_blobs(n_customers, centers=centers, cluster_std=spread, random_state=0)[0]


def stabilities(matrix, ks, seed=0, binary=None, **settings):
    distinct = customers_of(matrix, binary)
    found = search(distinct, ks, seed, lambda k: None)
    return stability_of(distinct, [found[k] for k in ks], seed, **settings)


@pytest.fixture(autouse=True)
def measured_for_few(monkeypatch):
    """Have stability measured for any number of customers, as a few make the clearest cases."""
    monkeypatch.setattr(tasks.clustering.stability, "SETTINGS", StabilitySettings(min_customers=1))


def test_planted_segments_are_fully_stable():
    (found,) = stabilities(planted(), [4])
    assert (found.ari_seeds, found.ari_bootstrap) == (1.0, 1.0)
    assert found.segments.tolist() == [1.0] * 4


def test_segments_of_noise_do_not_come_again():
    noise = np.random.default_rng(0).normal(size=(1500, 10))
    for found in stabilities(noise, [3, 5]):
        assert found.ari_seeds < 0.4
        assert found.ari_bootstrap < 0.3
        assert found.segments.max() < 0.6


def test_wrong_k_is_less_stable():
    too_few, right, too_many = stabilities(planted(), [3, 4, 7])
    assert right.ari_bootstrap > max(too_few.ari_bootstrap, too_many.ari_bootstrap)


def test_cut_through_a_group_is_less_stable():
    matrix = np.random.default_rng(0).normal(size=(900, 2))
    matrix[:300] = 0.5 * matrix[:300] + [40, 0]
    distinct = customers_of(matrix)
    (found,) = stability_of(distinct, [np.array([[40.0, 0], [0, -0.8], [0, 0.8]])], 0, published=0)
    stands_apart, *halves = found.segments
    assert stands_apart == 1.0
    assert max(halves) < 0.8


def test_equal_customers_all_count():
    others = np.random.default_rng(0).normal(size=(40, 4))
    distinct = customers_of(np.vstack([np.full((2000, 4), 30.0), others]))
    halves = np.sign(others[:, :1]) * [1, 0, 0, 0]
    centroids = np.vstack([np.full(4, 30.0), halves[halves[:, 0] > 0][0], halves[halves[:, 0] < 0][0]])
    (found,) = stability_of(distinct, [centroids], 0)
    assert found.segments[1:].max() < 0.8
    assert min(found.ari_seeds, found.ari_bootstrap) > 0.99


def test_few_customers_have_no_stability(monkeypatch):
    monkeypatch.setattr(tasks.clustering.stability, "SETTINGS", StabilitySettings())
    assert stabilities([[0.0], [1.0]] * 9, [2]) == [Stability()]
    assert stabilities([[0.0], [1.0]] * 10, [2]) != [Stability()]


def test_seeds_may_agree_where_resamples_differ():
    (found,) = stabilities([[0.0], [1.0], [10.0], [11.0], [22.0], [23.0]], [2])
    assert found.ari_seeds == 1.0
    assert found.ari_bootstrap < 0.8


def test_adjusted_rand_index_equals_scikit_learns():
    rng = np.random.default_rng(0)
    one, other, weights = rng.integers(4, size=50), rng.integers(3, size=50), rng.integers(1, 9, size=50)
    table = np.zeros((4, 3))
    np.add.at(table, (one, other), weights)
    expected = adjusted_rand_score(np.repeat(one, weights), np.repeat(other, weights))
    assert adjusted_rand_index(table) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("table", [[[5.0]], np.eye(4), [[7.0, 0], [0, 2]]], ids=["together", "apart", "same"])
def test_clusterings_that_are_the_same_agree(table):
    assert adjusted_rand_index(np.array(table)) == 1.0


def test_one_segment_agrees_by_chance_alone():
    assert adjusted_rand_index(np.array([[3.0, 4.0]])) == 0.0


def test_jaccard_index_is_of_best_match():
    indices = jaccard_indices(np.array([[6.0, 2, 0], [1, 0, 4], [0, 0, 0]]))
    assert indices[:2] == pytest.approx([6 / 9, 4 / 5])
    assert np.isnan(indices[2])


@pytest.mark.parametrize(
    ("matrix", "ks"),
    [
        ([[0.0], [1.0], [5.0]], [2]),
        (np.arange(6.0)[:, None] ** 2, [5]),
        (np.repeat([[0.0], [5.0], [9.0]], [100, 1, 1], axis=0), [2, 3]),
        (np.repeat([[0.0], [1e6]], [7, 3], axis=0), [2]),
        ([[0.0], [1e-30], [2e-30], [5.0]], [2]),
    ],
    ids=["three rows", "all but one", "duplicates", "far apart", "too near for squares"],
)
def test_few_customers_give_no_warning(matrix, ks):
    for found in stabilities(matrix, ks, published=0):
        assert -0.5 <= found.ari_bootstrap <= 1
        assert -0.5 <= found.ari_seeds <= 1
        assert ((found.segments >= 0) & (found.segments <= 1)).all()


def test_near_rows_give_no_warning():
    matrix = np.array([[1e8], [1e8 + 8], [1e8 + 16], [0.0]])
    (found,) = stability_of(customers_of(matrix), [matrix[[0, 2, 3]]], 0)
    assert found.ari_seeds > 0


def test_one_segment_has_no_agreement():
    for matrix in ([[1.0, 2.0]], np.ones((5, 2)), planted(50), np.empty((5, 0))):
        distinct = customers_of(matrix)
        everyone = np.zeros((1, distinct.rows.n_features))
        assert stability_of(distinct, [everyone], 0, published=0) == [Stability()]
    with_two, alone = stabilities(planted(50), [2, 1])
    assert with_two != alone == Stability()


def test_too_small_sample_has_no_stability(monkeypatch):
    monkeypatch.setattr(tasks.clustering.stability, "SETTINGS", StabilitySettings(rows=3))
    few, many = stabilities(planted(50), [2, 4])
    assert few.ari_seeds is not None
    assert many == Stability()


def test_segment_missing_from_sample_is_unknown(monkeypatch):
    monkeypatch.setattr(tasks.clustering.stability, "SETTINGS", StabilitySettings(rows=300))
    distinct = customers_of(np.vstack([planted(3000), [[500.0, 500.0]]]))
    centroids = np.array([[0.0, 0], [10, 0], [5, 10], [500, 500]])
    (found,) = stability_of(distinct, [centroids], 0)
    assert np.isnan(found.segments).tolist() == [False, False, False, True]


def test_wide_sparse_rows_have_stability_too():
    rng = np.random.default_rng(0)
    kind = rng.integers(2, size=600)
    binary = rng.random((600, 400)) < 0.02
    binary[np.arange(600), kind] = True
    binary[:, 2:40] |= (kind == 0)[:, None] & (rng.random((600, 38)) < 0.9)
    (found,) = stabilities(np.zeros((600, 0)), [2], binary=binary)
    assert (found.ari_seeds, found.ari_bootstrap) == (1.0, 1.0)


def test_published_segments_are_drawn_again_more_often():
    told = []
    stabilities(planted(100), [3, 4], progress=lambda *done: told.append(done))
    stabilities(planted(100), [3, 4], published=1, progress=lambda *done: told.append(done))
    (_, fewer), (done, more) = told[0], told[-1]
    assert done == more
    assert more - fewer >= 10


def test_seed_decides_the_resamples():
    noise = np.random.default_rng(0).normal(size=(300, 4))
    one, same, other = (stabilities(noise, [4], seed=seed)[0].ari_bootstrap for seed in (0, 0, 1))
    assert one == same != other


#: Prints all that is known of segments of noise, where every rounding shows.
PROGRAM = """
import os, sys
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {int(cpu) for cpu in sys.argv[1].split(",")} & os.sched_getaffinity(0))
import numpy as np
from tasks.clustering.search import search
from tasks.clustering.stability import stability_of
from tests.arrays import customers_of
distinct = customers_of(np.random.default_rng(0).normal(size=(3000, 26)))
found = search(distinct, [3, 5, 8], 0, print)
for one in stability_of(distinct, list(found.values()), 0, published=1):
    print(one.ari_seeds, one.ari_bootstrap, one.segments.tolist())
"""


def test_number_of_threads_changes_no_bit():
    printed = printed_with_threads(PROGRAM)
    assert len(printed) == 1
    assert printed.pop().count(b"[") == 3
