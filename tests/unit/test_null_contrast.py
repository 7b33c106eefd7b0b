import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score

from tasks.encoding.null_contrast import contrasts, curve_of_rows


def permuted(matrix, seeds):
    for seed in seeds:
        rng = np.random.default_rng(seed)
        yield np.column_stack([rng.permutation(column) for column in matrix.T]).astype(np.float32)


def contrast_of(matrix, ks=range(2, 7)):
    matrix = np.asarray(matrix, dtype=np.float32)
    (found,) = contrasts([(matrix, permuted(matrix, range(4)))], tuple(ks), 0)
    return found


CENTERS = [[0, 0], [6, 5], [12, 1], [7, 12]]


def test_blobs_stand_out_from_their_permuted_columns():
    contrast = contrast_of(make_blobs(400, centers=CENTERS, random_state=0)[0])
    assert contrast.ks[contrast.silhouettes.argmax()] == 4
    assert contrast.silhouettes.max() - contrast.null_best > 0.2


def test_noise_does_not():
    contrast = contrast_of(np.random.default_rng(0).normal(size=(400, 3)))
    assert contrast.silhouette_gains == pytest.approx(np.zeros(5), abs=0.03)


def test_silhouettes_are_those_of_scikit_learn():
    matrix, labels = make_blobs(300, centers=CENTERS, random_state=0)
    assert curve_of_rows(matrix.astype(np.float32), [4], 0).silhouettes == pytest.approx(
        [silhouette_score(matrix, labels)], abs=1e-6
    )


def test_equal_rows_count_each():
    curve = curve_of_rows(np.float32([[0, 0]] * 30 + [[1, 1]] * 20 + [[5, 5]] * 10), [2, 3], 0)
    assert curve.smallest.tolist() == [10, 10]
    assert curve.silhouettes[1] == pytest.approx(1)


def test_k_beyond_different_rows_repeats_the_last():
    curve = curve_of_rows(np.float32([[0], [1], [5]] * 10), [2, 3, 4, 5], 0)
    assert curve.silhouettes[2:] == pytest.approx([curve.silhouettes[1]] * 2)
    assert curve.smallest.tolist()[2:] == [0, 0]


def test_equal_rows_have_no_silhouette():
    curve = curve_of_rows(np.ones((20, 2), dtype=np.float32), [2, 3], 0)
    assert curve.silhouettes.tolist() == [0, 0]
    assert curve.smallest.tolist() == [0, 0]


def test_each_set_has_its_own_contrast():
    blobs = make_blobs(200, centers=CENTERS, random_state=1)[0].astype(np.float32)
    noise = np.random.default_rng(1).normal(size=(200, 2)).astype(np.float32)
    found = list(contrasts([(blobs, permuted(blobs, [1, 2])), (noise, permuted(noise, [1, 2, 3]))], (2, 4), 0))
    assert [len(contrast.nulls) for contrast in found] == [2, 3]
    assert found[0].silhouettes[1] == pytest.approx(curve_of_rows(blobs, (2, 4), 0).silhouettes[1], abs=1e-9)
