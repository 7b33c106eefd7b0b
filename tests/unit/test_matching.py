"""Which segment continues which: by customers, by centers, and what became of each."""

import numpy as np
import pytest

from tasks.continuity.matching import NO_MATCH, is_enough, match_by_centers, match_by_customers, numbered
from tasks.continuity.transitions import Transition, transitions_of


def matched(shared, sizes_before=None, sizes=None):
    shared = np.array(shared)
    before = shared.sum(axis=1) if sizes_before is None else np.array(sizes_before)
    now = shared.sum(axis=0) if sizes is None else np.array(sizes)
    return match_by_customers(shared, before, now).tolist()


def test_most_shared_customers_are_one_segment():
    assert matched([[2, 90, 0], [80, 3, 1], [0, 5, 70]]) == [1, 0, 2]


def test_newborn_takes_no_dying_number():
    # Plain assignment gives the new second segment the number of the first, which lost its customers.
    assert matched([[3, 5, 0], [90, 0, 2], [0, 1, 80]], sizes=[93, 100, 82]) == [1, NO_MATCH, 2]


def test_few_who_stayed_match_nothing():
    assert matched([[5, 0], [0, 90]], sizes_before=[100, 90], sizes=[100, 90]) == [NO_MATCH, 1]


@pytest.mark.parametrize(
    ("shared", "matches"),
    [
        ([[60, 40]], [NO_MATCH, NO_MATCH]),  # one segment alone is all customers
        ([[60, 40, 0], [0, 0, 50]], [0, NO_MATCH, 1]),
        ([[40, 30, 30, 0], [0, 0, 0, 50]], [NO_MATCH, NO_MATCH, NO_MATCH, 1]),
        ([[60, 0], [40, 0], [0, 50]], [0, 2]),
    ],
)
def test_number_stays_with_the_larger_part(shared, matches):
    assert matched(shared) == matches


def test_one_segment_continues_one_alone():
    assert matched([[100]]) == [0]
    assert matched([[80], [20]]) == [NO_MATCH]


def test_nothing_shared_is_not_enough():
    sizes = np.array([50, 50])
    assert not is_enough(np.array([[4, 0], [0, 5]]), sizes, sizes)
    assert is_enough(np.array([[5, 0], [0, 5]]), sizes, sizes)


def test_centers_that_moved_little_match():
    before = np.array([[0.0, 0], [4, 0], [0, 4]])
    assert match_by_centers(before, before[[2, 0, 1]] + 0.5).tolist() == [2, 0, 1]


def test_center_beyond_halfway_is_new():
    before = np.array([[0.0, 0], [4, 0]])
    assert match_by_centers(before, np.array([[0.1, 0], [9, 0]])).tolist() == [0, NO_MATCH]


def test_retired_numbers_are_not_used_again():
    assert numbered(np.array([NO_MATCH, 1, NO_MATCH]), [2, 4], used={1, 2, 3, 4, 6}, free=()) == [7, 4, 8]


def test_replaced_run_gives_its_numbers_back():
    assert numbered(np.array([2, NO_MATCH, 0]), [1, 2, 3], used=(), free=[1, 2, 3]) == [3, 2, 1]


def test_every_transition_has_its_word():
    # 1 goes on, and 7 splits from it; 2 is absorbed by 1; 3 disappears, and 8 emerges.
    shared = np.array([[70, 30, 0], [40, 0, 0], [2, 0, 1]])
    found = transitions_of(shared, np.array([100, 45, 60]), np.array([115, 31, 50]), [1, 2, 3], [1, 7, 8])
    assert found == [
        Transition("survived", 1, 1, 70),
        Transition("absorbed", 2, 1, 40),
        Transition("disappeared", 3, None, 0),
        Transition("split", 1, 7, 30),
        Transition("emerged", None, 8, 0),
    ]


def test_segment_split_in_three_does_not_disappear():
    shared = np.array([[40, 30, 30]])
    found = transitions_of(shared, np.array([100]), np.array([40, 30, 30]), [1], [2, 3, 4])
    assert [one.transition for one in found] == ["split", "split", "split"]
