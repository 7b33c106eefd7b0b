import numpy as np
import pytest

import tasks.clustering.assignment
from tasks.clustering.assignment import assign, customer_pieces, far_out
from tasks.clustering.lloyd import Fit, converge
from tests.arrays import customers_of

LINE = customers_of([[0.0], [1.0], [1.0], [10.0], [14.0]])


def test_own_and_next_segment_are_nearest():
    of_rows = assign(LINE, converge(LINE, np.array([[0.5], [12.0]])))
    assert of_rows.labels.tolist() == [0, 0, 1, 1]
    assert of_rows.seconds.tolist() == [1, 1, 0, 0]
    assert of_rows.distances == pytest.approx([2 / 3, 1 / 3, 2, 2])
    assert of_rows.second_distances == pytest.approx([12, 11, 10 - 2 / 3, 14 - 2 / 3])


def test_one_segment_has_no_next():
    of_rows = assign(LINE, converge(LINE, np.zeros((1, 1))))
    assert of_rows.seconds is None
    assert of_rows.second_distances is None


def test_pieces_are_the_customers_in_their_order(monkeypatch):
    monkeypatch.setattr(tasks.clustering.assignment, "_PIECE_CUSTOMERS", 2)
    nobody = np.zeros(5, dtype=np.bool_)
    pieces = list(customer_pieces(LINE, assign(LINE, converge(LINE, np.array([[0.5], [12.0]]))), nobody))
    assert [piece.labels.tolist() for piece in pieces] == [[0, 0], [0, 1], [1]]


def test_far_number_makes_an_outlier():
    is_far = np.array([False, False, True, False, False])
    (piece,) = customer_pieces(LINE, assign(LINE, converge(LINE, np.array([[0.5], [12.0]]))), is_far)
    assert piece.is_outlier.tolist() == is_far.tolist()


def test_customer_far_from_its_segment_is_outlier():
    distances = np.r_[np.linspace(1, 2, 20), 9.0, np.linspace(8, 10, 20)]
    labels = np.r_[np.zeros(21, dtype=np.uint8), np.ones(20, dtype=np.uint8)]
    assert np.flatnonzero(far_out(distances, labels, np.ones(41, dtype=np.int64))).tolist() == [20]


def test_outliers_are_counted_by_customers():
    distances, labels = np.array([1.0, 2.0, 9.0]), np.zeros(3, dtype=np.uint8)
    assert far_out(distances, labels, np.array([50, 50, 1])).tolist() == [False, False, True]
    assert not far_out(distances, labels, np.array([1, 1, 50])).any()


def test_distances_do_not_cancel():
    distinct = customers_of([[1e4, 1e4], [1e4 + 1, 1e4]])
    centroids = np.array([[1e4, 1e4], [0.0, 0.0]])
    fit = Fit(np.array([0, 0], dtype=np.uint8), centroids, np.array([2, 0]), 0.5)
    assert assign(distinct, fit).distances.tolist() == [0, 1]
