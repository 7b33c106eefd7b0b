"""Store encoded rows in a file of plain arrays, without pickles."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from tasks.clustering.rows import Rows


def save_rows(path: Path, rows: Rows, is_far: npt.NDArray[np.bool_]) -> None:
    """Write rows to an .npz file, and which customers have a number that is far out."""
    binary = rows.binary
    np.savez(
        path,
        allow_pickle=False,
        numbers=rows.numbers,
        amounts=binary.data,
        indices=binary.indices,
        starts=binary.indptr,
        n_binary=np.array(binary.shape[1]),
        is_far=is_far,
    )


def load_rows(path: Path) -> Rows:
    """Return the rows of a file."""
    with np.load(path, allow_pickle=False) as arrays:
        numbers = arrays["numbers"]
        binary = csr_array(
            (arrays["amounts"], arrays["indices"], arrays["starts"]), shape=(len(numbers), int(arrays["n_binary"]))
        )
    binary.has_canonical_format = True  # as they were saved: sorted, and none twice
    return Rows(numbers, binary)


def load_far(path: Path) -> npt.NDArray[np.bool_]:
    """Return which of the customers in a file have a number that is far out, shape (n_customers,)."""
    with np.load(path, allow_pickle=False) as arrays:
        far: npt.NDArray[np.bool_] = arrays["is_far"]
    return far
