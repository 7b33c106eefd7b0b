import numpy as np
import pytest

import tasks.clustering.rows
from tests.arrays import customers_of, rows_of


def marked(n_rows=500, n_binary=6, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 3, (n_rows, 2)).astype(np.float32), (rng.random((n_rows, n_binary)) < 0.3) * 0.5


def test_dense_block_has_numbers_then_binary():
    numbers, binary = marked()
    whole = np.hstack([numbers, binary]).astype(np.float32)
    rows = rows_of(numbers, binary)
    assert np.array_equal(rows.dense(slice(None)), whole)
    assert np.array_equal(rows.dense(np.array([7, 3])), whole[[7, 3]])
    assert rows.dense(slice(0, 2)).dtype == np.float32


def test_blocks_cover_rows_smaller_if_wide(monkeypatch):
    monkeypatch.setattr(tasks.clustering.rows, "BLOCK_BYTES", 4 * 8 * 300)
    narrow, wide = rows_of(np.zeros((1000, 8))), rows_of(np.zeros((1000, 2)), np.zeros((1000, 98)))
    assert [(block.start, block.stop) for block in narrow.blocks()] == [(0, 300), (300, 600), (600, 900), (900, 1000)]
    assert wide.block_rows == 256


def test_different_rows_are_there_once():
    numbers, binary = marked()
    whole = np.hstack([numbers, binary]).astype(np.float32)
    distinct = customers_of(numbers, binary)
    expected, counts = np.unique(whole, axis=0, return_counts=True)
    assert len(distinct.rows) == len(expected)
    assert sorted(distinct.weights) == sorted(counts)
    assert np.array_equal(distinct.rows.dense(slice(None))[distinct.row_of], whole)
    assert np.array_equal(np.bincount(distinct.row_of), distinct.weights)


def test_rows_keep_the_order_of_customers():
    distinct = customers_of([[3.0], [1.0], [3.0], [2.0], [1.0]])
    assert distinct.rows.numbers.ravel().tolist() == [3, 1, 2]
    assert distinct.row_of.tolist() == [0, 1, 0, 2, 1]


def test_minus_zero_is_zero():
    assert len(customers_of([[0.0], [-0.0]]).rows) == 1


def test_rows_whose_hashes_collide_are_still_different(monkeypatch):
    hashes = tasks.clustering.rows._hashes
    monkeypatch.setattr(tasks.clustering.rows, "_hashes", lambda rows, seed: hashes(rows, seed) * np.uint64(seed > 1))
    assert len(customers_of([[1.0], [2.0], [1.0]]).rows) == 2


@pytest.mark.parametrize("binary", [[[1, 0], [0, 1]], [[1, 1], [0, 1]], [[0, 0], [0, 1]]])
def test_rows_differing_in_binary_are_different(binary):
    assert len(customers_of([[1.0], [1.0]], binary).rows) == 2


def test_equal_components_are_one_row():
    customers = customers_of([[1.0, 5.0], [1.0, 7.0], [2.0, 5.0], [1.0, 7.0]])
    along = tasks.clustering.rows.projected(customers, np.array([[1.0], [0.0]]))
    assert along.rows.numbers.tolist() == [[1], [2]]
    assert along.weights.tolist() == [3, 1]
    assert along.row_of.tolist() == [0, 0, 1, 0]


def test_customers_without_coordinates_are_one_row():
    along = tasks.clustering.rows.projected(customers_of([[0.0, 5.0], [0.0, 7.0]]), np.array([[1.0], [0.0]]))
    assert along.rows.numbers.tolist() == [[0]]
    assert along.weights.tolist() == [2]


def test_coordinates_combine_numbers_and_binary():
    numbers, binary = marked()
    loadings = np.random.default_rng(1).normal(size=(8, 2))
    along = tasks.clustering.rows.projected(customers_of(numbers, binary), loadings)
    assert along.rows.numbers[along.row_of] == pytest.approx(np.hstack([numbers, binary]) @ loadings, abs=1e-5)
