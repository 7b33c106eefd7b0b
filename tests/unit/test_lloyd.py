import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

import tasks.clustering.rows
from tasks.clustering.lloyd import converge, fits_of
from tests.arrays import customers_of


def normal(n_customers=3000, n_features=6, seed=0):
    return np.random.default_rng(seed).normal(size=(n_customers, n_features)).astype(np.float32)


def nearest(matrix, centroids):
    return np.square(matrix[:, None].astype(np.float64) - centroids).sum(axis=2).argmin(axis=1)


def test_settled_fit_is_a_fixed_point():
    matrix, _ = make_blobs(2000, 3, centers=6, random_state=0)
    distinct = customers_of(matrix)
    points = distinct.rows.dense(slice(None))
    fit = converge(distinct, points[:6].astype(np.float64))
    assert np.array_equal(nearest(points, fit.centroids), fit.labels)
    for number, centroid in enumerate(fit.centroids):
        assert centroid == pytest.approx(points[fit.labels == number].mean(axis=0, dtype=np.float64), abs=1e-9)


def test_objective_equals_scikit_learns():
    matrix = normal()
    fit = converge(customers_of(matrix), matrix[:4].astype(np.float64))
    best = KMeans(4, init=matrix[:4].astype(np.float64), n_init=1, tol=0, max_iter=50).fit(matrix.astype(np.float64))
    assert fit.objective == pytest.approx(best.inertia_ / len(matrix), rel=1e-6)


def test_customers_are_nearest_when_rounds_run_out(monkeypatch):
    monkeypatch.setattr("tasks.clustering.lloyd._MAX_ROUNDS", 2)
    matrix = normal()
    fit = converge(customers_of(matrix), matrix[:5].astype(np.float64))
    assert np.array_equal(nearest(matrix, fit.centroids), fit.labels)
    assert fit.objective == pytest.approx(np.square(matrix - fit.centroids[fit.labels]).sum(axis=1).mean(), rel=1e-6)


def test_equal_customers_count_each():
    matrix = np.repeat([[0.0], [1.0], [10.0]], [5, 1, 2], axis=0)
    fit = converge(customers_of(matrix), np.array([[0.0], [9.0]]))
    assert fit.centroids.ravel() == pytest.approx([1 / 6, 10])
    assert fit.sizes.tolist() == [6, 2]
    assert fit.objective == pytest.approx((5 * (1 / 6) ** 2 + (5 / 6) ** 2) / 8)


def test_emptied_segment_is_left_out():
    fit = converge(customers_of([[0.0], [1.0], [5.0], [6.0]]), np.array([[0.0], [6.0], [900.0]]))
    assert fit.n_clusters == 2
    assert fit.sizes.tolist() == [2, 2]


def test_segments_are_numbered_by_size_then_centroid():
    matrix = np.repeat([[0.0], [40.0], [80.0], [60.0]], [3, 20, 7, 3], axis=0)
    fit = converge(customers_of(matrix), np.array([[0.0], [80.0], [40.0], [60.0]]))
    assert fit.sizes.tolist() == [20, 7, 3, 3]
    assert fit.centroids.ravel().tolist() == [40, 80, 0, 60]


def test_one_pass_labels_every_k():
    matrix = normal()
    distinct, starts = customers_of(matrix), [normal(k, 6, seed=k).astype(np.float64) for k in (2, 5, 9)]
    for start, fit in zip(starts, fits_of(distinct, starts), strict=True):
        assert np.array_equal(fit.labels, nearest(distinct.rows.dense(slice(None)), start))
        assert fit.sizes.sum() == len(matrix)


def test_empty_segment_is_left_out_of_labeling():
    (fit,) = fits_of(customers_of([[0.0], [1.0], [5.0]]), [np.array([[0.0], [700.0], [5.0]])])
    assert fit.centroids.ravel().tolist() == [0, 5]
    assert fit.labels.tolist() == [0, 0, 1]


def test_blocks_and_threads_change_no_label(monkeypatch):
    matrix = normal(9000)
    monkeypatch.setattr("tasks.clustering.parallel.n_threads", lambda: 3)
    whole = converge(customers_of(matrix), matrix[:5].astype(np.float64))
    monkeypatch.setattr("tasks.clustering.parallel.n_threads", lambda: 1)
    one = converge(customers_of(matrix), matrix[:5].astype(np.float64))
    assert np.array_equal(one.centroids, whole.centroids)
    monkeypatch.setattr(tasks.clustering.rows, "BLOCK_BYTES", 1)
    assert np.array_equal(converge(customers_of(matrix), matrix[:5].astype(np.float64)).labels, whole.labels)


def test_far_from_the_origin_labels_stay():
    matrix, labels = make_blobs(500, 2, centers=[[0, 0], [1, 1]], cluster_std=0.05, random_state=0)
    far = (matrix + 3000).astype(np.float32)
    fit = converge(customers_of(far), far[[0, int(np.argmax(labels != labels[0]))]].astype(np.float64))
    assert fit.sizes.tolist() == [250, 250]
