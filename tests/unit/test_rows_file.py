import zipfile

import numpy as np
import pytest
from scipy.sparse import csr_array

from tasks.clustering.rows import Rows
from tasks.clustering.rows_file import load_far, load_rows, save_rows


def rows_of(n_customers, n_numbers, n_binary):
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(n_customers, n_numbers)).astype(np.float32)
    binary = csr_array((rng.random((n_customers, n_binary)) < 0.3).astype(np.float32) * np.float32(0.5))
    return Rows(numbers, binary)


@pytest.mark.parametrize("shape", [(50, 3, 7), (50, 0, 7), (50, 3, 0), (1, 1, 1)])
def test_rows_are_read_as_they_were_kept(tmp_path, shape):
    rows = rows_of(*shape)
    save_rows(tmp_path / "encoded.npz", rows, np.zeros(len(rows), dtype=np.bool_))
    read = load_rows(tmp_path / "encoded.npz")
    assert np.array_equal(read.numbers, rows.numbers)
    assert read.numbers.dtype == read.binary.dtype == np.float32
    assert read.binary.shape == rows.binary.shape
    assert read.binary.indices.dtype == read.binary.indptr.dtype == np.int32
    assert (read.binary != rows.binary).nnz == 0


def test_file_of_rows_holds_plain_arrays_alone(tmp_path):
    save_rows(tmp_path / "encoded.npz", rows_of(5, 1, 2), np.zeros(5, dtype=np.bool_))
    with zipfile.ZipFile(tmp_path / "encoded.npz") as file:
        assert all(name.endswith(".npy") and b"object" not in file.read(name) for name in file.namelist())
        assert not any(b"O'" in file.read(name)[:128] for name in file.namelist())


def test_far_customers_survive_the_file(tmp_path):
    is_far = np.array([False, True, False, False, True])
    save_rows(tmp_path / "encoded.npz", rows_of(5, 1, 2), is_far)
    assert load_far(tmp_path / "encoded.npz").tolist() == is_far.tolist()
