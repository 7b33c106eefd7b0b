"""Compute in parallel, so that the number of threads changes only the run time, never the results."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import cache
from itertools import chain, islice
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

T = TypeVar("T")
R = TypeVar("R")

#: Cells below which threads wait for each other, as Python runs in one at a time.
_MIN_CELLS = 150_000

#: Each thread holds a few blocks of arrays, so memory bounds their number.
_MAX_THREADS = 16


def n_threads() -> int:
    """Return the number of threads."""
    return min(_MAX_THREADS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def one_thread_each() -> AbstractContextManager[Any]:
    """Make BLAS and OpenMP compute in the calling thread, as sums over several differ in their last digits."""
    limited: AbstractContextManager[Any] = _controller().limit(limits=1)
    return limited


def in_order(
    compute: Callable[[T], R], items: Iterable[T], ahead: int | None = None, n_cells: int | None = None
) -> Iterator[R]:
    """Yield what is computed of each item, in the order of the items, with a few computed ahead.

    Args:
        compute: of one item; runs in several threads, each with BLAS and OpenMP limited to it.
        items: what to compute of.
        ahead: results that exist or are computed at a time, at most; None: two more than threads.
        n_cells: cells of the array that each item works on; with few, most of the work is Python's own.
    """
    items = iter(items)
    first = list(islice(items, 2))
    items = chain(first, items)
    if len(first) < 2 or n_threads() == 1 or (n_cells is not None and n_cells < _MIN_CELLS):
        with one_thread_each():  # a thread that begins costs more than most blocks of a small file
            yield from map(compute, items)
        return
    max_waiting = ahead or n_threads() + 2
    # OpenMP is limited per thread, so each one of the pool sets its limit.
    with one_thread_each(), ThreadPoolExecutor(n_threads(), initializer=one_thread_each) as pool:
        waiting: list[Future[R]] = []
        try:
            for item in items:
                if len(waiting) >= max_waiting:
                    yield waiting.pop(0).result()
                waiting.append(pool.submit(compute, item))
            while waiting:
                yield waiting.pop(0).result()
        except BaseException:
            # An interrupted run does not wait for what has not begun.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@cache
def _controller() -> ThreadpoolController:
    # Inspects every loaded library, which is slow: done once, after those that compute are loaded.
    return ThreadpoolController()
