"""Keep encoded rows in a file of plain arrays, without pickles."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from tasks.clustering.rows import Rows


def save_rows(path: Path, rows: Rows, is_far: npt.NDArray[np.bool_]) -> None:
    """Write rows to a file, whose name ends in .npz, and which of the customers have a number that is far out."""
    marks = rows.marks
    np.savez(
        path,
        allow_pickle=False,
        numbers=rows.numbers,
        amounts=marks.data,
        indices=marks.indices,
        starts=marks.indptr,
        n_marks=np.array(marks.shape[1]),
        is_far=is_far,
    )


def load_rows(path: Path) -> Rows:
    """Return the rows that a file keeps."""
    with np.load(path, allow_pickle=False) as arrays:
        numbers = arrays["numbers"]
        marks = csr_array(
            (arrays["amounts"], arrays["indices"], arrays["starts"]), shape=(len(numbers), int(arrays["n_marks"]))
        )
    marks.has_canonical_format = True  # as they were saved: sorted, and none twice
    return Rows(numbers, marks)


def load_far(path: Path) -> npt.NDArray[np.bool_]:
    """Return which of the customers in a file have a number that is far out, shape (n_customers,)."""
    with np.load(path, allow_pickle=False) as arrays:
        far: npt.NDArray[np.bool_] = arrays["is_far"]
    return far
