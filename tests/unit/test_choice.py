import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

import tasks.choice
import tasks.kmeans
from tasks.choice import choose_k
from tasks.kmeans import distances_to, fit_kmeans

ALL_K = range(2, 11)


def blobs(n_clusters, n_customers=600, seed=1):
    rng = np.random.default_rng(seed)
    centers = rng.permutation(np.array([[x, y] for x in range(0, 40, 10) for y in range(0, 30, 10)]))[:n_clusters]
    matrix, _ = make_blobs(n_customers, centers=centers, cluster_std=1.0, random_state=seed)
    return matrix.astype(np.float32)


@pytest.mark.parametrize("n_clusters", [3, 5, 8])
def test_clear_segments_are_counted_right(n_clusters):
    choice = choose_k(blobs(n_clusters), ALL_K, random_state=0)
    assert choice.chosen.k == n_clusters
    assert [score.k for score in choice.scores] == list(ALL_K)
    assert sum(score.chosen for score in choice.scores) == 1


def test_silhouette_and_objective_equal_scikit_learns_on_the_same_matrix():
    matrix = blobs(4).astype(np.float64)
    choice = choose_k(matrix.astype(np.float32), ALL_K, random_state=0)
    best = KMeans(choice.chosen.k, n_init=20, random_state=0).fit(matrix)
    assert choice.chosen.silhouette == pytest.approx(silhouette_score(matrix, best.labels_), abs=1e-6)
    assert choice.fit.objective == pytest.approx(best.inertia_ / len(matrix), rel=1e-6)


def test_tie_goes_to_the_smaller_k(monkeypatch):
    monkeypatch.setattr(
        tasks.choice, "silhouette_samples", lambda matrix, labellings, rows: np.full((len(labellings), 10), 0.5)
    )
    choice = choose_k(blobs(4), ALL_K, random_state=0)
    assert choice.chosen.k == 2
    assert choice.scores[1].reason == "equal to k=2, the smaller is taken"


def test_published_fit_is_a_fixed_point():
    choice = choose_k(blobs(6), [6], random_state=0)
    fit = choice.fit
    matrix = blobs(6)
    assert np.array_equal(distances_to(matrix, fit.centroids).argmin(axis=1), fit.labels)
    for number, centroid in enumerate(fit.centroids):
        assert centroid == pytest.approx(matrix[fit.labels == number].mean(axis=0, dtype=np.float64), abs=1e-9)


def test_segments_are_numbered_from_the_largest():
    matrix = np.vstack([blobs(1, 50), blobs(1, 200) + 30, blobs(1, 100) + 60]).astype(np.float32)
    assert fit_kmeans(matrix, 3, random_state=0).sizes.tolist() == [200, 100, 50]


def test_number_of_threads_changes_nothing():
    matrix = np.random.default_rng(0).normal(size=(3000, 12)).astype(np.float32)
    with threadpool_limits(limits=1):
        one = choose_k(matrix, [2, 3, 4], random_state=0)
    two = choose_k(matrix, [2, 3, 4], random_state=0)
    assert one.scores == two.scores
    assert np.array_equal(one.fit.labels, two.fit.labels)


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        ([[1.0, 2.0]], "one segment: there is 1 customer"),
        ([[1.0, 2.0]] * 5, "one segment: all 5 customers are equal after encoding"),
        ([[1.0, 2.0], [3.0, 1.0]], "one segment: 2 customers have a silhouette up to k=1"),
    ],
)
def test_degenerate_customers_are_one_segment_with_its_reason(matrix, reason):
    choice = choose_k(np.array(matrix, dtype=np.float32), ALL_K, random_state=0)
    assert choice.fit.n_clusters == 1
    assert choice.chosen.reason == reason
    assert [score.k for score in choice.scores] == [1, *ALL_K]
    assert not any(score.eligible for score in choice.scores[1:])


def test_k_is_bounded_by_the_customers_that_differ():
    matrix = np.repeat(np.array([[0.0], [5.0], [9.0]], dtype=np.float32), 10, axis=0)
    choice = choose_k(matrix, ALL_K, random_state=0)
    assert choice.chosen.k == 3
    assert choice.scores[2].reason == "not possible: 3 of 30 customers differ after encoding"


def test_fixed_k_beyond_the_customers_is_one_segment_with_its_reason():
    choice = choose_k(np.array([[0.0], [1.0], [2.0]], dtype=np.float32), [8], random_state=0)
    assert choice.fit.n_clusters == 1
    assert choice.chosen.reason == "one segment: 3 customers have a silhouette up to k=2"


def test_more_customers_than_the_exact_size_are_sampled_with_an_interval(monkeypatch):
    matrix = blobs(4, 3000)
    exact = choose_k(matrix, [4], random_state=0).chosen
    monkeypatch.setattr(tasks.choice, "EXACT_ROWS", 1000)
    monkeypatch.setattr(tasks.choice, "SAMPLED_ROWS", 500)
    monkeypatch.setattr(tasks.kmeans, "FIT_ROWS", 1000)
    sampled = choose_k(matrix, [4], random_state=0).chosen
    assert (sampled.method, sampled.rows_scored) == ("sampled", 500)
    assert sampled.silhouette_low < exact.silhouette < sampled.silhouette_high
    assert sampled.objective == pytest.approx(exact.objective, rel=1e-6)


def test_progress_is_told_after_every_fit():
    told = []
    choose_k(blobs(3), [2, 3, 4], random_state=0, progress=lambda k, done, total: told.append((k, done, total)))
    assert sorted(k for k, _, _ in told) == [2, 3, 4]
    assert [(done, total) for _, done, total in told] == [(1, 3), (2, 3), (3, 3)]
