"""Run a program with other numbers of cores and threads: what is computed must not depend on them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def printed_with_threads(program: str) -> set[bytes]:
    """Return what a program prints on one core, on two and on two with three threads, each different text once.

    Its first argument names the cores that it is to take, between commas.
    """
    return {
        subprocess.run(
            [sys.executable, "-c", program, cpus],
            env={**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            check=True,
            preexec_fn=_take_all_cores,
        ).stdout
        for cpus, threads in (("0", "1"), ("0,1", "2"), ("0,1", "3"))
    }


@contextmanager
def every_core() -> Iterator[None]:
    """Give this process, and what it starts, every core, as most of what it starts waits for something."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    own = os.sched_getaffinity(0)
    _take_all_cores()
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


def _take_all_cores() -> None:
    """Give a process back the cores that the one which began it may have done without."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
