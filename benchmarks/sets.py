"""The data that figures are taken on, as encoded rows: generated kinds, and sets that nobody here made."""

import gzip
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from sklearn.datasets import make_blobs

from benchmarks.generate import N_PRODUCTS, N_STATES, parts
from tasks.clustering.rows import Distinct, Rows, distinct_rows

Matrix = npt.NDArray[np.float32]

#: Sets whose segments anybody sees, and how many those are.
CLEAR_CUT = {
    "fcps/hepta": 7,
    "fcps/tetra": 4,
    "wut/x1": 3,
    "wut/mk1": 3,
    "g2mg/g2mg_2_10": 2,
    "g2mg/g2mg_4_10": 2,
    "g2mg/g2mg_8_10": 2,
}


@dataclass(frozen=True)
class NamedSet:
    """One set of rows, made or read when it is asked for, and what it is called."""

    name: str
    rows: Callable[[], Rows]

    def distinct(self) -> Distinct:
        """Return the rows without repetition."""
        return distinct_rows(self.rows())


def rows_of(matrix: npt.NDArray[np.floating]) -> Rows:
    """Return numbers as rows without any mark."""
    return Rows(np.ascontiguousarray(matrix, dtype=np.float32), csr_array((len(matrix), 0), dtype=np.float32))


def encoded_customers(n_customers: int, seed: int = 0) -> Rows:
    """Return generated customers as the night encodes them: the age standardized, states and products 0/1."""
    drawn = list(parts(n_customers, seed))
    ages, states = (np.concatenate([getattr(part, name) for part in drawn]) for name in ("ages", "states"))
    bought = csr_array(np.concatenate([part.bought for part in drawn]).astype(np.float32))
    starts = bought.indptr + np.arange(n_customers + 1)
    is_state = np.zeros(starts[-1], dtype=np.bool_)
    is_state[starts[:-1]] = True
    indices = np.empty(len(is_state), dtype=np.int32)
    indices[is_state], indices[~is_state] = states, N_STATES + bought.indices
    binary = csr_array((np.ones(len(indices), np.float32), indices, starts), shape=(n_customers, N_STATES + N_PRODUCTS))
    return Rows(((ages - ages.mean()) / ages.std()).astype(np.float32)[:, None], binary)


def _standardized_customers(n_rows: int, seed: int) -> Rows:
    """Return customers with every feature standardized, as textbooks do it: a rare state is far from all others."""
    matrix = encoded_customers(n_rows, seed).dense(slice(None)).astype(np.float64)
    spread = matrix.std(axis=0)
    return rows_of((matrix - matrix.mean(axis=0)) / np.where(spread > 0, spread, 1))


def _blobs(n_rows: int, seed: int, n_centers: int = 25, n_features: int = 8, spread: float = 1.5) -> Rows:
    matrix, _ = make_blobs(n_rows, n_features, centers=n_centers, cluster_std=spread, random_state=seed)
    return rows_of(matrix)


def _uneven_blobs(n_rows: int, seed: int, n_centers: int = 5, spread: float = 1.0) -> Rows:
    """Return blobs of which each has half as many rows as the one before."""
    sizes = (n_rows / 2.0 ** np.arange(1, n_centers + 1)).astype(int)
    sizes[0] += n_rows - sizes.sum()
    matrix, _ = make_blobs(sizes, 4, centers=None, cluster_std=spread, random_state=seed)
    return rows_of(matrix)


def _noise(n_rows: int, seed: int, n_features: int = 10) -> Rows:
    return rows_of(np.random.default_rng(seed).normal(size=(n_rows, n_features)))


def _uniform(n_rows: int, seed: int) -> Rows:
    return rows_of(np.random.default_rng(seed).random((n_rows, 2)))


def _skewed(n_rows: int, seed: int) -> Rows:
    return rows_of(np.exp(np.random.default_rng(seed).normal(size=(n_rows, 4))))


#: Six kinds of data that k-means finds easy and hard; each takes the number of rows and a seed.
KINDS: dict[str, Callable[[int, int], Rows]] = {
    "customers": encoded_customers,
    "standardized": _standardized_customers,
    "noise": _noise,
    "uniform": _uniform,
    "blobs": _blobs,
    "skewed": _skewed,
}


def generated_sets() -> Iterator[NamedSet]:
    """Yield fifty generated sets of 1,000 to 20,000 rows, from clear blobs to pure noise."""
    rng = np.random.default_rng(50)
    for number in range(10):
        n_rows = [int(2 ** rng.uniform(10, 14.2)) for _ in range(5)]
        n_centers, spread = int(rng.integers(2, 11)), float(rng.uniform(0.5, 5))
        n_uneven = n_centers // 2 + 2
        blobs = partial(_blobs, n_rows[0], number, n_centers, 3, spread)
        yield NamedSet(f"blobs {number}: {n_centers} ±{spread:.1f}", blobs)
        uneven = partial(_uneven_blobs, n_rows[1], number, n_uneven, spread)
        yield NamedSet(f"uneven {number}: {n_uneven} ±{spread:.1f}", uneven)
        yield NamedSet(f"noise {number}: {number + 2}d", partial(_noise, n_rows[2], number, number + 2))
        yield NamedSet(f"customers {number}", partial(encoded_customers, n_rows[3], 100 + number))
        yield NamedSet(f"skewed {number}", partial(_skewed, n_rows[4], number))


def public_sets() -> Iterator[NamedSet]:
    """Yield the public benchmark sets in SEGMENTS_TEST_DATA, none where that folder is absent."""
    folder = public_folder()
    for path in sorted(folder.rglob("*.data.gz")):
        yield NamedSet(path.relative_to(folder).as_posix().removesuffix(".data.gz"), partial(read_set, path))


def public_folder() -> Path:
    """Return where the public sets are looked for, whether it is there or not."""
    data = os.environ.get("SEGMENTS_TEST_DATA", Path(__file__).parents[2] / "shared" / "data")
    return Path(data) / "clustering" / "gagolewski"


def read_set(path: Path) -> Rows:
    """Return the rows of one public set, as they are."""
    with gzip.open(path, "rt") as file:
        return rows_of(np.loadtxt(file, ndmin=2))
