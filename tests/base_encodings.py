"""Customers in memory, in the textbook's encoding, for tests of what is made of it."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from pandera.typing import Series
from scipy.sparse import csr_array, hstack

from schemas import Dataset, category, flag, items, numeric
from schemas.dataset import columns_of
from schemas.fields import Role
from tasks.encoding.base_encoding import BaseEncoding
from tasks.encoding.brackets import brackets_of, codes_in
from tasks.encoding.features import Feature, Members, Numbers, Value, encode_numbers, standard, with_unique_names


class Shop(Dataset):
    """A column of each kind, some of them twice."""

    age: Series[float] = numeric()
    spend: Series[float] = numeric()
    visits: Series[float] = numeric(weight=2)
    place: Series[str] = category()
    region: Series[str] = category()
    member: Series[bool] = flag()
    basket: Series[list] = items()


COLUMNS = {column.name: column for column in columns_of(Shop)}
#: More numbers than a test ever names.
COLUMNS |= {name: replace(COLUMNS["age"], name=name) for name in (f"n{number}" for number in range(8))}


def base_of(**columns: npt.ArrayLike) -> BaseEncoding:
    """Return customers by the columns of ``Shop``: numbers, codes of categories, flags, and a 0/1 matrix of items."""
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    assert arrays.keys() <= COLUMNS.keys()
    are_numbers = [name for name, column in COLUMNS.items() if column.role is Role.NUMERIC and name in arrays]
    numbers = {name: arrays[name].astype(float) for name in are_numbers}
    features: list[Feature] = []
    brackets, codes, encoded = [], [], []
    for name, values in numbers.items():
        (feature,) = standard(Numbers(COLUMNS[name], values))
        own = brackets_of(values, feature)
        features.append(feature)
        brackets.append(own)
        codes.append(codes_in(values, own))
        encoded.append(encode_numbers(values, feature).astype(np.float32))
    n_customers = len(next(iter(arrays.values())))
    binary, binary_features = _binary(arrays, n_customers)
    none = np.zeros((n_customers, 0))
    return BaseEncoding(
        tuple(with_unique_names([*features, *binary_features])),
        np.column_stack([none, *encoded]).astype(np.float32),
        tuple(brackets),
        np.column_stack([none, *codes]).astype(np.uint8),
        binary,
    )


def _binary(arrays: Mapping[str, npt.NDArray[np.generic]], n_customers: int) -> tuple[csr_array, list[Feature]]:
    """Return the binary features of the categories, flags and items there are."""
    features: list[Feature] = []
    parts = [csr_array((n_customers, 0), dtype=np.float32)]
    for name in ("place", "region", "member", "basket"):
        if name not in arrays:
            continue
        values = arrays[name]
        if name in ("place", "region"):
            texts, values = np.unique(values, return_inverse=True)
            members = tuple(Value(str(text), 1, False) for text in texts)
            parts.append(csr_array(np.eye(len(texts), dtype=np.float32)[values]))
        else:
            matrix = values.reshape(n_customers, -1).astype(np.float32)
            flags = (Value(None, 1, False),)
            members = flags if name == "member" else tuple(Value(f"item {n}", 1, False) for n in range(matrix.shape[1]))
            parts.append(csr_array(matrix))
        features += standard(Members(COLUMNS[name], members))
    binary = csr_array(hstack(parts, format="csr"))
    binary.sort_indices()
    return binary, features
