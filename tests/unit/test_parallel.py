import threading
import time

import pytest
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads

from tasks.clustering.parallel import in_order


def test_results_come_in_order():
    assert list(in_order(lambda wait: time.sleep(wait) or wait, [0.05, 0.0, 0.02, 0.01])) == [0.05, 0.0, 0.02, 0.01]


def test_only_a_few_are_computed_ahead():
    begun = []
    results = in_order(lambda number: begun.append(number) or number, range(100), ahead=3)
    assert next(results) == 0
    time.sleep(0.05)
    assert len(begun) <= 4
    results.close()


def test_failure_cancels_what_has_not_begun():
    begun = []

    def fail(number):
        begun.append(number)
        time.sleep(0.01)
        raise ValueError(number)

    with pytest.raises(ValueError, match="0"):
        list(in_order(fail, range(1000), ahead=50))
    assert len(begun) < 50


def test_every_thread_has_openmp_for_itself_alone():
    assert set(in_order(lambda _: _openmp_effective_n_threads(), range(20))) == {1}


def test_nothing_is_left_running():
    before = threading.active_count()
    list(in_order(lambda number: number, range(10)))
    assert threading.active_count() == before
