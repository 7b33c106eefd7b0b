import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_samples as reference

import tasks.clustering.silhouette
from tasks.clustering.silhouette import BlockSizes, Segments, exact_silhouettes, silhouettes_of
from tests.arrays import customers_of, labels_of


def labeled(n_customers=1300, n_features=7, n_clusters=4, seed=0):
    matrix, labels = make_blobs(n_customers, n_features, centers=n_clusters, cluster_std=3, random_state=seed)
    return matrix.astype(np.float32), labels


def scored(matrix, labelings, binary=None):
    """Return the silhouettes of all customers under each labeling."""
    distinct = customers_of(matrix, binary)
    values = exact_silhouettes(
        distinct.rows, distinct.weights, np.array([labels_of(distinct, own) for own in labelings])
    )
    return values[:, distinct.row_of]


def test_values_equal_scikit_learns_in_one_walk():
    matrix, labels = labeled()
    labelings = [labels, labels // 2, np.arange(len(labels)) % 7]
    for values, given in zip(scored(matrix, labelings), labelings, strict=True):
        assert np.abs(values - reference(matrix.astype(np.float64), given)).max() < 1e-5


def test_equal_customers_count_each():
    rng = np.random.default_rng(0)
    matrix = rng.integers(0, 4, (2000, 3)).astype(np.float32)
    binary = (rng.random((2000, 4)) < 0.2).astype(np.float32)
    whole = np.hstack([matrix, binary])
    labels = KMeans(4, random_state=0).fit(whole).labels_
    assert np.abs(scored(matrix, [labels], binary)[0] - reference(whole.astype(np.float64), labels)).max() < 1e-5


@pytest.mark.parametrize("shift", [0, 1e3, 1e5])
def test_mean_is_right_far_from_the_origin(shift):
    matrix, labels = labeled()
    far = (matrix + np.float32(shift)).astype(np.float32)
    assert scored(far, [labels])[0].mean() == pytest.approx(
        reference(far.astype(np.float64) - shift, labels).mean(), abs=1e-5
    )


@pytest.mark.parametrize("spread", [1e-2, 1e-4])
def test_mean_is_right_for_near_points(spread):
    rng = np.random.default_rng(0)
    matrix = np.vstack([rng.normal(size=(300, 5)) * spread + center for center in (0, 1, 1 + 8 * spread, 100)])
    matrix = matrix.astype(np.float32)
    labels = np.repeat(np.arange(4), 300)
    values = scored(matrix, [labels, labels // 2])
    for own, given in zip(values, (labels, labels // 2), strict=True):
        assert own.mean() == pytest.approx(reference(matrix.astype(np.float64), given).mean(), abs=1e-4)


def test_blocks_change_nothing_but_rounding(monkeypatch):
    matrix, labels = labeled()
    order = np.random.default_rng(0).permutation(len(labels))
    whole = scored(matrix, [labels, labels // 2])
    small = BlockSizes(rows=37, dense_bytes=0, sums_bytes=1)
    monkeypatch.setattr(tasks.clustering.silhouette, "BLOCKS", small)
    assert scored(matrix[order], [labels[order], labels[order] // 2]) == pytest.approx(whole[:, order], abs=1e-6)


def test_number_of_threads_changes_no_bit(monkeypatch):
    matrix, labels = labeled(5000)
    monkeypatch.setattr("tasks.clustering.parallel.n_threads", lambda: 3)
    three = scored(matrix, [labels, labels // 2])
    monkeypatch.setattr("tasks.clustering.parallel.n_threads", lambda: 1)
    assert np.array_equal(scored(matrix, [labels, labels // 2]), three)


def test_chosen_rows_are_scored_against_all_customers():
    matrix, labels = labeled()
    distinct, rows = customers_of(matrix), np.array([3, 700, 1299])
    segments = Segments.of(labels_of(distinct, labels)[None], distinct.weights)
    found = silhouettes_of(distinct.rows.take(rows), segments.take(rows), distinct.rows, [segments])
    assert found.shape == (1, 1, 3)
    assert found[0, 0] == pytest.approx(scored(matrix, [labels])[0][rows], abs=1e-6)


def test_each_reference_group_is_left_out_once():
    matrix, labels = labeled()
    distinct, rows = customers_of(matrix), np.arange(50)
    points, segments = distinct.rows.take(rows), Segments.of(labels_of(distinct, labels)[None], distinct.weights)
    own = segments.take(rows)
    cuts = [slice(0, 300), slice(300, 800), slice(800, 1300)]
    found = silhouettes_of(points, own, distinct.rows, [segments.take(cut) for cut in cuts])
    assert found.shape == (3, 1, 50)
    weights = np.repeat([1, 2], [300, 500])
    twice = Segments.of(segments.labelings[:, :800], weights)
    without_last = silhouettes_of(points, own, distinct.rows.take(slice(0, 800)), [twice])
    assert found[2] == pytest.approx(without_last[0], abs=1e-6)


def test_missed_segment_gives_no_infinity():
    distinct = customers_of([[0.0], [1.0], [5.0], [6.0], [90.0]])
    segments = Segments.of(np.array([[0, 0, 1, 1, 2]], dtype=np.uint8), distinct.weights)
    part = slice(0, 4)
    found = silhouettes_of(distinct.rows, segments, distinct.rows.take(part), [segments.take(part)])
    assert np.isfinite(found).all()
    assert found[0, 0, 4] == 0


def test_customer_alone_in_its_segment_has_zero():
    assert scored([[0.0], [0.1], [9.0]], [[0, 0, 1]])[0][2] == 0


def test_progress_ends_with_all_distances():
    matrix, labels = labeled()
    told = []
    distinct = customers_of(matrix)
    exact_silhouettes(
        distinct.rows, distinct.weights, labels_of(distinct, labels)[None], lambda *counts: told.append(counts)
    )
    assert told[-1] == (len(labels) ** 2, len(labels) ** 2)
    assert told == sorted(told)


def test_arguments_are_not_mutated():
    matrix, labels = labeled()
    distinct, given = customers_of(matrix), labels_of(customers_of(matrix), labels)[None]
    before = distinct.rows.numbers.copy(), distinct.weights.copy(), given.copy()
    exact_silhouettes(distinct.rows, distinct.weights, given)
    assert np.array_equal(distinct.rows.numbers, before[0])
    assert np.array_equal(distinct.weights, before[1])
    assert np.array_equal(given, before[2])
