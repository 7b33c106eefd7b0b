import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tasks.clustering.distances import distances_between


def truth(points, others):
    return cdist(points.astype(np.float64), others.astype(np.float64))


@pytest.mark.parametrize("n_features", [1, 2, 81])
def test_distances_are_those_of_the_differences(n_features):
    rng = np.random.default_rng(0)
    points, others = (rng.normal(size=(n, n_features)).astype(np.float32) for n in (200, 300))
    assert distances_between(points, others) == pytest.approx(truth(points, others), rel=1e-4)


def test_nothing_cancels_far_from_the_origin():
    points = (np.random.default_rng(0).normal(size=(200, 3)) + 10_000).astype(np.float32)
    assert distances_between(points, points) == pytest.approx(truth(points, points), rel=1e-4)


def test_near_points_keep_their_distances():
    rng = np.random.default_rng(0)
    centers = np.repeat(rng.normal(size=(20, 5)) * 100, 10, axis=0)
    points = (centers + rng.normal(size=centers.shape) * 1e-3).astype(np.float32)
    assert distances_between(points, points) == pytest.approx(truth(points, points), rel=1e-3)


def test_tight_far_groups_keep_their_distances():
    rng = np.random.default_rng(0)
    points = np.vstack([rng.normal(size=(100, 4)) * 1e-2, rng.normal(size=(100, 4)) * 1e-2 + 50]).astype(np.float32)
    assert distances_between(points, points) == pytest.approx(truth(points, points), rel=1e-3)


def test_equal_rows_have_no_distance_at_all():
    points = np.random.default_rng(0).normal(size=(100, 7)).astype(np.float32) * 1000
    assert np.all(np.diag(distances_between(points, points)) == 0)


def test_arguments_are_not_mutated():
    points = np.random.default_rng(0).normal(size=(10, 3)).astype(np.float32)
    before = points.copy()
    distances_between(points, points)
    assert np.array_equal(points, before)
