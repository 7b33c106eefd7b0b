"""The whole night on a file, without Prefect, and what it published, as benchmarks compare it."""

import logging
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

_HOUR = 3600


@dataclass(frozen=True)
class Night:
    """What a night published.

    Attributes:
        customers: customers in it.
        encoding: that the segments were found in.
        k: segments.
        silhouette: mean silhouette; None with one segment.
        silhouette_gain: silhouette of a sample less that of a null model; None where that was not tried.
        verdict: strong, weak or none.
        smallest: customers in the smallest segment.
        labels: the segment of each customer, in the order of the file, shape (n_customers,).
        seconds: the whole night.
    """

    customers: int
    encoding: str
    k: int
    silhouette: float | None
    silhouette_gain: float | None
    verdict: str
    smallest: int
    labels: npt.NDArray[np.int64]
    seconds: float


def night_on(source: Path, dataset: str, encoding: str = "auto") -> Night:
    """Run the whole night on a file into a home of its own, and read what was published."""
    # Prefect and the flow take seconds to import, and not every benchmark needs them.
    from tests.nights import rows, run_night

    logging.getLogger("tasks").setLevel(logging.WARNING)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="segments-night-") as home:
        run_night(source, home, dataset=dataset, encoding=encoding)
        ((customers, taken, k, silhouette, verdict),) = rows(
            home, "SELECT rows_loaded, encoding, n_clusters, silhouette, verdict FROM runs"
        )
        ((silhouette_gain,),) = rows(home, "SELECT any_value(silhouette_gain) FILTER (chosen) FROM encodings")
        labels = rows(
            home, "SELECT segment_id FROM customer_segments JOIN customers USING (customer_id) ORDER BY line_number"
        )
    seconds = time.perf_counter() - start
    found = np.array(labels, dtype=np.int64)[:, 0]
    smallest = int(np.bincount(found)[1:].min())
    return Night(customers, taken, k, silhouette, silhouette_gain, first_word(verdict), smallest, found, seconds)


def first_word(verdict: str) -> str:
    """Return strong, weak or none."""
    return verdict.split()[0].rstrip(":,;")


def aged(path: Path) -> Path:
    """Make a file an hour old, so that no night waits to see whether it is still being written, and return it."""
    moment = time.time() - _HOUR
    os.utime(path, (moment, moment))
    return path
