import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_samples as reference

from tasks.silhouette import silhouette_samples


def labelled(n_customers=1300, n_features=7, n_clusters=4, seed=0):
    matrix, labels = make_blobs(n_customers, n_features, centers=n_clusters, cluster_std=3, random_state=seed)
    return matrix.astype(np.float32), labels.astype(np.int64)


def test_every_value_equals_scikit_learns_for_all_labellings_in_one_walk():
    matrix, labels = labelled()
    labellings = [labels, labels // 2, np.arange(len(labels)) % 7]
    found = silhouette_samples(matrix, labellings)
    for values, given in zip(found, labellings, strict=True):
        assert np.abs(values - reference(matrix.astype(np.float64), given)).max() < 1e-6


def test_far_from_the_origin_nothing_is_lost_to_cancellation():
    matrix, labels = labelled()
    far = matrix.astype(np.float64) + 1e6
    assert np.abs(silhouette_samples(far, [labels])[0] - reference(far - 1e6, labels)).max() < 1e-6


def test_chosen_rows_are_scored_against_all_customers():
    matrix, labels = labelled()
    rows = np.array([3, 700, 1299])
    assert silhouette_samples(matrix, [labels], rows)[0] == pytest.approx(silhouette_samples(matrix, [labels])[0][rows])


def test_customer_alone_in_its_segment_has_zero():
    matrix = np.array([[0.0], [0.1], [9.0]], dtype=np.float32)
    assert silhouette_samples(matrix, [np.array([0, 0, 1])])[0][2] == 0


def test_equal_customers_in_different_segments_have_zero_not_nan():
    matrix = np.zeros((4, 2), dtype=np.float32)
    assert silhouette_samples(matrix, [np.array([0, 0, 1, 1])])[0].tolist() == [0, 0, 0, 0]


def test_arguments_are_not_mutated():
    matrix, labels = labelled()
    before = matrix.copy(), labels.copy()
    silhouette_samples(matrix, [labels])
    assert np.array_equal(matrix, before[0])
    assert np.array_equal(labels, before[1])
