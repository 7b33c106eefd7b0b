import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from tasks.clustering.kmeans import Points, Starts, fit, fit_restarts, refit, starts


def some_blobs(n_rows=600, n_features=5):
    matrix = make_blobs(n_rows, n_features, centers=6, cluster_std=2.0, random_state=3)[0]
    return matrix.astype(np.float32)


def rng():
    return np.random.default_rng(0)


def points_of(matrix, weights=None):
    return Points.of(matrix, np.ones(matrix.shape[0]) if weights is None else weights)


@pytest.mark.parametrize("k", [1, 2, 5, 9])
def test_solution_is_that_of_scikit_learn(k):
    matrix, weights = some_blobs().astype(float), np.random.default_rng(1).integers(1, 5, 600).astype(float)
    theirs = KMeans(k, init=matrix[:k], n_init=1, tol=0).fit(matrix, sample_weight=weights)
    ours = refit(points_of(matrix, weights), matrix[:k], tol=0)
    assert ours.labels.tolist() == theirs.labels_.tolist()
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-5)
    assert ours.centroids == pytest.approx(theirs.cluster_centers_, abs=1e-4)


def test_sparse_rows_give_the_same_solution():
    numbers = np.random.default_rng(2).random((2, 400, 30), dtype=np.float32)
    matrix = np.where(numbers[0] < 0.2, numbers[1], 0)
    dense, sparse = points_of(matrix), points_of(csr_matrix(matrix))
    drawn = [starts(points, 4, 2, rng()) for points in (dense, sparse)]
    assert drawn[0].rows.tolist() == drawn[1].rows.tolist()
    assert drawn[0].inertias == pytest.approx(drawn[1].inertias, rel=1e-4)
    assert dense.variance == pytest.approx(sparse.variance, rel=1e-4)
    one, other = (fit(points, drawn[0].best(4)) for points in (dense, sparse))
    assert one.labels.tolist() == other.labels.tolist()
    assert one.inertia == pytest.approx(other.inertia, rel=1e-4)
    assert one.centroids == pytest.approx(other.centroids, abs=1e-4)


def test_weight_is_a_row_repeated():
    matrix = some_blobs(200)
    weights = np.random.default_rng(1).integers(1, 4, 200)
    one = refit(points_of(matrix, weights), matrix[:3], tol=0)
    other = refit(points_of(np.repeat(matrix, weights, axis=0)), matrix[:3], tol=0)
    assert np.repeat(one.labels, weights).tolist() == other.labels.tolist()
    assert one.inertia == pytest.approx(other.inertia, rel=1e-4)


def test_starts_for_fewer_segments_are_the_first_rows():
    points = points_of(some_blobs())
    drawn = starts(points, 6, 3, rng())
    assert drawn.rows.shape == drawn.inertias.shape == (3, 6)
    assert all(len(set(rows)) == 6 for rows in drawn.rows.tolist())
    assert (np.diff(drawn.inertias, axis=1) < 0).all()
    best = drawn.best(4)
    of_best = ((points.columns[:, :, None] - points.columns[:, None, best]) ** 2).sum(axis=0).min(axis=1).sum()
    assert of_best == pytest.approx(drawn.inertias[:, 3].min(), rel=1e-4)


def test_restarts_find_obvious_segments():
    matrix = np.repeat(np.array([[0, 0], [0, 9], [9, 0], [9, 9]], dtype=np.float32), 50, axis=0)
    matrix += np.random.default_rng(0).normal(size=matrix.shape).astype(np.float32) / 10
    found = fit_restarts(points_of(matrix), 4, rng(), 3)
    assert np.bincount(found.labels).tolist() == [50] * 4


def test_empty_segment_begins_at_the_farthest_row():
    matrix = np.array([[0.0], [1.0], [10.0], [11.0], [30.0]], dtype=np.float32)
    found = refit(points_of(matrix), np.array([[0.5], [10.5], [-500.0]], dtype=np.float32), tol=0)
    assert found.labels.tolist() == [0, 0, 1, 1, 2]
    assert found.inertia == pytest.approx(1.0)


def test_row_between_two_centroids_counts_once():
    matrix = np.array([[-1.0], [0.0], [1.0]], dtype=np.float32)
    found = refit(points_of(matrix), np.array([[-1.0], [1.0]], dtype=np.float32), tol=0)
    assert found.labels.tolist() == [0, 0, 1]
    assert found.inertia == pytest.approx(0.5)


def test_rounding_decides_between_no_equals():
    found = refit(points_of(np.array([[0.1], [0.7], [0.4]])), np.array([[0.1], [0.7]]), tol=0)
    assert found.labels.tolist() == [0, 1, 0]
    assert Starts(np.array([[5], [6]]), np.array([[0.1 + 0.2], [0.3]])).best(1).tolist() == [5]


def test_first_of_equally_far_rows_is_a_new_start():
    matrix = np.array([[0.0, 0], [0, 9], [9, 0], [0, -9], [-9, 0]])
    found = refit(points_of(matrix), np.array([[0.0, 0], [500, 500]]), tol=1e9)
    assert found.centroids[1].tolist() == [0, 9]


@pytest.mark.parametrize("unit", [1, 1000])
def test_tolerance_is_a_share_of_the_variance(unit):
    matrix = np.array([[0.0], [1], [2], [3], [10]]) * unit
    once = refit(points_of(matrix), matrix[:2], tol=1)
    assert once.centroids.ravel().tolist() == pytest.approx([0, 4 * unit])


def test_fewer_different_rows_leave_segments_empty():
    points = points_of(np.repeat(np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32), 5, axis=0))
    found = fit_restarts(points, 4, rng(), 2)
    assert len(set(found.labels.tolist())) == 2
    assert found.inertia == 0
    assert np.isfinite(found.centroids).all()


def test_rows_far_from_zero_keep_their_digits():
    matrix = some_blobs(300)
    near, far = points_of(matrix), points_of(matrix + np.float32(4096))
    one, other = (refit(points, matrix[:4] + shift, tol=0) for points, shift in ((near, 0), (far, np.float32(4096))))
    assert one.labels.tolist() == other.labels.tolist()
    assert one.inertia == pytest.approx(other.inertia, rel=1e-3)


def test_one_far_row_blurs_no_other():
    matrix = np.array([[0.0, 0], [0.1, 0], [1, 0], [1.1, 0], [0, 1.5e7]])
    found = refit(points_of(matrix), matrix[[0, 2, 4]], tol=0)
    assert found.labels.tolist() == [0, 0, 1, 1, 2]


def test_one_far_row_blurs_no_other_in_float32():
    two = np.random.default_rng(4).normal(size=(5000, 2), scale=0.01) + np.repeat([[0, 0], [0.2, 0]], 2500, axis=0)
    matrix = np.vstack([two, [[1e4, 0]]]).astype(np.float32)
    found = refit(points_of(matrix), matrix[[0, 2500, 5000]], tol=0)
    assert np.bincount(found.labels).tolist() == [2500, 2500, 1]


def test_rows_of_no_feature_are_one_segment():
    assert fit_restarts(points_of(np.empty((5, 0), dtype=np.float32)), 1, rng(), 1).inertia == 0
