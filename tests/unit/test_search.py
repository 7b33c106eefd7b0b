from dataclasses import replace

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

import tasks.clustering.search
from tasks.clustering.lloyd import converge
from tasks.clustering.parallel import one_thread_each
from tasks.clustering.search import SEARCH, sample_of, search, search_deeply
from tests.arrays import customers_of


def many_blobs(n_customers=1500):
    return make_blobs(n_customers, 8, centers=25, cluster_std=1.5, random_state=1)[0].astype(np.float32)


def told(*_):
    pass


def test_every_k_is_found_and_told():
    done = []
    found = search(customers_of(many_blobs(500)), [2, 3, 7], 0, done.append)
    assert {k: centroids.shape for k, centroids in found.items()} == {2: (2, 8), 3: (3, 8), 7: (7, 8)}
    assert sorted(done) == [2, 3, 7]


def test_few_customers_get_more_restarts():
    assert SEARCH.restarts.max_for(200) > SEARCH.restarts.max_for(20_000) >= 10


@pytest.mark.parametrize("k", [3, 7, 9])
def test_deep_search_matches_fifty_restarts(k):
    matrix = many_blobs()
    distinct = customers_of(matrix)
    found = search(distinct, [k], 0, told)[k]
    fit = converge(distinct, search_deeply(distinct, found, 0))
    with one_thread_each():
        best = KMeans(k, n_init=50, random_state=99).fit(matrix).inertia_ / len(matrix)
    assert fit.objective <= best * 1.001


def test_deep_search_escapes_a_bad_optimum():
    centers = np.array([[0.0, 0], [10, 0], [20, 0], [0, 40], [1, 40]])
    matrix, _ = make_blobs(1000, centers=centers[:4], cluster_std=0.5, random_state=0)
    distinct = customers_of(matrix)
    bad = np.array([[10.0, 0], [0, 39.5], [0, 40.5], [0, 40]])
    assert converge(distinct, search_deeply(distinct, bad, 0)).objective < converge(distinct, bad).objective / 10


def test_deep_search_never_loses_its_start(monkeypatch):
    # On a square there are four optima nearly alike: which is the best of a sample is chance.
    distinct = customers_of(np.random.default_rng(0).random((4000, 2)))
    monkeypatch.setattr(tasks.clustering.search, "SEARCH", replace(SEARCH, deep_rows=500))
    start = search(distinct, [3], 0, told)[3]
    assert (
        converge(distinct, search_deeply(distinct, start, 0)).objective <= converge(distinct, start).objective * 1.0001
    )


def test_small_sample_holds_all_customers():
    distinct = customers_of([[1.0], [1.0], [2.0]])
    sample = sample_of(distinct, 100, 1 << 20, 0)
    assert sample.matrix.ravel().tolist() == [1, 2]
    assert sample.weights.tolist() == [2, 1]


def test_sample_is_bounded_in_rows_and_bytes():
    distinct = customers_of(np.repeat(np.arange(3000.0), np.r_[5000, np.ones(2999, dtype=int)])[:, None])
    sample = sample_of(distinct, 1000, 1 << 20, 0)
    assert sample.weights.sum() == 1000
    assert sample.weights.max() == pytest.approx(1000 * 5000 / 7999, rel=0.1)
    wide = customers_of(np.random.default_rng(0).normal(size=(2000, 50)))
    assert len(sample_of(wide, 2000, 4 * 50 * 500, 0).matrix) == 500


def test_seed_decides_the_draw(monkeypatch):
    monkeypatch.setattr(tasks.clustering.search, "SEARCH", replace(SEARCH, rows=300))
    distinct = customers_of(many_blobs())
    one, same, other = (search(distinct, [4], seed, told)[4] for seed in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_exchanges_find_what_restarts_miss():
    matrix = make_blobs(300, 8, centers=25, cluster_std=1.5, random_state=0)[0].astype(np.float32)
    distinct = customers_of(matrix)
    found = converge(distinct, search(distinct, [18], 0, told)[18]).objective
    with one_thread_each():
        best = KMeans(18, n_init=50, random_state=99).fit(matrix).inertia_ / len(matrix)
    assert found <= best * 1.001
