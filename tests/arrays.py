"""Encoded rows for tests of the numeric core."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from tasks.clustering.rows import Distinct, Rows, distinct_rows


def rows_of(matrix: npt.ArrayLike, binary: npt.ArrayLike | None = None) -> Rows:
    """Return rows of numbers, and of binary features if there are any."""
    numbers = np.asarray(matrix, dtype=np.float32)
    sparse = csr_array((len(numbers), 0), dtype=np.float32) if binary is None else csr_array(np.float32(binary))
    return Rows(numbers, sparse)


def customers_of(matrix: npt.ArrayLike, binary: npt.ArrayLike | None = None) -> Distinct:
    """Return customers, equal ones as one row."""
    return distinct_rows(rows_of(matrix, binary))


def labels_of(distinct: Distinct, labels: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Return labels of customers as labels of their rows; equal customers have equal labels."""
    out = np.zeros(len(distinct.rows), dtype=np.uint8)
    out[distinct.row_of] = np.asarray(labels)
    return out
