"""Encoded customers, memory-efficient: numbers dense, binary features sparse, made dense block by block.

Arrays in, arrays out: no SQL, no files. An absent binary feature is stored as 0, whatever it is encoded as,
which changes no distance; its encoded value is added back where a centroid is published.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array, csr_matrix, hstack

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]
Positions = npt.NDArray[np.intp]

#: Customers per row.
Weights = npt.NDArray[np.int64]

#: Binary digits of the largest coordinate along components that are kept: those of a float32.
_BITS = 24

#: Exponent of the smallest float32: nothing is divided by what is 0 in it.
_MIN_EXPONENT = -149

#: Target size of a dense block in bytes, and its rows at most; what is computed from it takes several times as much.
BLOCK_BYTES, _BLOCK_ROWS = 8 << 20, 1 << 16


@dataclass(frozen=True)
class Rows:
    """Encoded rows, one per customer or one for all equal customers.

    Attributes:
        numbers: the standardized numbers, float32 of shape (n_rows, n_numbers).
        binary: what the presence of each binary feature adds to the encoded row, float32 of shape
            (n_rows, n_binary); indices ascend within a row, and no 0 is stored.
    """

    numbers: Matrix
    binary: csr_array

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.numbers)

    @property
    def n_features(self) -> int:
        """Numbers and binary features together."""
        return int(self.numbers.shape[1] + self.binary.shape[1])

    @property
    def block_rows(self) -> int:
        """How many rows a dense block has, so that its bytes do not grow with the width of the data."""
        return min(_BLOCK_ROWS, max(256, BLOCK_BYTES // (4 * max(1, self.n_features))))

    def blocks(self) -> list[slice]:
        """Return slices that cover all rows."""
        return [slice(first, min(first + self.block_rows, len(self))) for first in range(0, len(self), self.block_rows)]

    def dense(self, rows: slice | Positions) -> Matrix:
        """Return rows in full, numbers first, shape (n, n_features)."""
        return np.hstack([self.numbers[rows], self.binary[rows].toarray()])

    @property
    def density(self) -> float:
        """Share of the cells that are stored, 0 to 1."""
        return int(self.numbers.size + self.binary.nnz) / max(1, len(self) * self.n_features)

    def sparse(self, rows: slice | Positions) -> csr_matrix:
        """Return rows in the sparse form that scikit-learn takes, numbers first."""
        found = hstack([csr_array(self.numbers[rows]), self.binary[rows]], format="csr", dtype=np.float32)
        return csr_matrix((found.data, found.indices.astype(np.int32), found.indptr.astype(np.int32)), found.shape)

    def products(self, others: Floats) -> Floats:
        """Return the inner products with some vectors of shape (n_others, n_features), shape (n_rows, n_others)."""
        n_numbers = self.numbers.shape[1]
        products: Floats = self.numbers @ others[:, :n_numbers].T + self.binary @ others[:, n_numbers:].T
        return products

    def squares(self) -> Floats:
        """Return the squared length of every row, shape (n_rows,)."""
        squares: Floats = np.einsum("ij,ij->i", self.numbers, self.numbers, dtype=np.float64)
        ends = np.concatenate([[0.0], np.cumsum(np.square(self.binary.data, dtype=np.float64))])
        squares += ends[self.binary.indptr[1:]] - ends[self.binary.indptr[:-1]]
        return squares

    def sums(self, members: Floats) -> Floats:
        """Return the weighted sums of rows that ``members``, of shape (n_sums, n_rows), has weights of."""
        return np.hstack([members @ self.numbers, (self.binary.T @ members.T).T])

    def take(self, rows: slice | Positions) -> "Rows":
        """Return some of the rows."""
        return Rows(self.numbers[rows], self.binary[rows])


@dataclass(frozen=True)
class Distinct:
    """Rows without repetition: many customers are equal once they are encoded.

    Attributes:
        rows: each different row once, in the order of its first customer.
        weights: customers per row, shape (n_rows,).
        row_of: index among ``rows`` of each customer, shape (n_customers,).
    """

    rows: Rows
    weights: Weights
    row_of: npt.NDArray[np.int32]

    @property
    def n_customers(self) -> int:
        """Number of customers."""
        return len(self.row_of)


def distinct_rows(rows: Rows) -> Distinct:
    """Return each different row once, with the customers of each."""
    for seed in range(8):
        codes, _ = pd.factorize(_hashes(rows, seed))
        first = np.flatnonzero(np.r_[True, codes[1:] > np.maximum.accumulate(codes)[:-1]])
        if _are_equal(rows, first[codes]):
            return Distinct(rows.take(first), np.bincount(codes), codes.astype(np.int32))
    raise AssertionError("eight hashes of 64 bits collide")  # pragma: no cover


def projected(distinct: Distinct, loadings: Floats) -> Distinct:
    """Return the customers along components, less what absent binary features add.

    Coordinates are rounded, so customers who differ only outside the components are one row.

    Args:
        distinct: the encoded customers.
        loadings: of every feature in every component, shape (n_features, n_components).
    """
    rows = distinct.rows
    numbers = np.empty((len(rows), loadings.shape[1]), dtype=np.float32)
    for block in rows.blocks():
        numbers[block] = rows.take(block).products(loadings.T)
    largest = float(np.abs(numbers).max(initial=0)) or 1.0
    unit = np.float32(2.0 ** max(_MIN_EXPONENT, math.ceil(math.log2(largest)) - _BITS))
    np.multiply(np.round(numbers / unit), unit, out=numbers)
    along = distinct_rows(Rows(numbers, csr_array((len(rows), 0), dtype=np.float32)))
    weights = np.bincount(along.row_of, distinct.weights).astype(np.int64)
    return Distinct(along.rows, weights, along.row_of[distinct.row_of])


def _hashes(rows: Rows, seed: int) -> npt.NDArray[np.uint64]:
    """Return a 64-bit hash per row; equal rows have equal ones."""
    factors = np.random.default_rng(seed).integers(1, 2**64, rows.n_features, dtype=np.uint64) | np.uint64(1)
    hashes = np.empty(len(rows), dtype=np.uint64)
    for block in rows.blocks():
        hashes[block] = _hashes_of(rows.take(block), factors)
    return hashes


def _hashes_of(rows: Rows, factors: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    n_numbers = rows.numbers.shape[1]
    hashes = np.zeros(len(rows), dtype=np.uint64)
    for number in range(n_numbers):
        bits = (rows.numbers[:, number] + np.float32(0)).view(np.uint32)  # -0 is 0
        hashes = _mixed(hashes ^ (bits * factors[number]))
    # The sum of the hashes of a row's binary features, as differences of a running sum over all rows.
    sums = np.zeros(rows.binary.nnz + 1, dtype=np.uint64)
    np.cumsum(_mixed(factors[n_numbers:])[rows.binary.indices], out=sums[1:])
    return _mixed(hashes ^ (sums[rows.binary.indptr[1:]] - sums[rows.binary.indptr[:-1]]))


def _mixed(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Spread every bit over all 64 (Steele, Lea & Flood 2014, SplitMix)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _are_equal(rows: Rows, others: Positions) -> bool:
    """Return whether each row is the one at the other position; the amount of a binary feature is its own alone."""
    for block in rows.blocks():
        repeated = np.flatnonzero(others[block] != np.arange(block.start, block.stop)) + block.start
        one, other = rows.take(repeated), rows.take(others[repeated])
        if not (
            np.array_equal(one.numbers, other.numbers)
            and np.array_equal(one.binary.indptr, other.binary.indptr)
            and np.array_equal(one.binary.indices, other.binary.indices)
        ):
            return False
    return True
