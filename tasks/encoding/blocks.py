"""Sampled customers as blocks of columns, each permuted on its own, which removes every link between them.

Arrays in, arrays out: no SQL, no files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from schemas.fields import Role
from tasks.clustering.rows import Matrix
from tasks.encoding.base_encoding import BaseEncoding, rows_in, used_in
from tasks.encoding.features import Feature


@dataclass(frozen=True)
class Blocks:
    """Customers in an encoding, dense.

    Attributes:
        matrix: float32 of shape (n_customers, n_features), numbers first.
        block_of: block of each feature, ascending from 0; the features of a block move together.
        weights: weight of each feature, which is in the matrix.
    """

    matrix: Matrix
    block_of: npt.NDArray[np.int64]
    weights: Matrix

    @property
    def n_blocks(self) -> int:
        """How many columns can be permuted independently."""
        return int(self.block_of.max()) + 1 if len(self.block_of) else 0

    def spans(self) -> list[slice]:
        """Return which features each block has, in the order of the blocks."""
        ends = np.cumsum(np.bincount(self.block_of)).tolist()
        return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]

    def permuted(self, random_state: int) -> Matrix:
        """Return the matrix with the customers of every block in an order of their own."""
        rng = np.random.default_rng(random_state)
        shuffled = np.empty_like(self.matrix)
        for own in self.spans():
            shuffled[:, own] = self.matrix[rng.permutation(len(self.matrix)), own]
        return shuffled


def blocks_of(base: BaseEncoding, features: Sequence[Feature]) -> Blocks:
    """Return customers in an encoding, a block for each number, category and flag, and for each item of a list.

    A list that never holds more than one item is one block: its items exclude one another by definition,
    which is no link.
    """
    rows = rows_in(base, features)
    used = used_in(features)
    whole = _single_choice_columns(base)
    names = [_block_name(feature, whole) for feature in used]
    order = {name: index for index, name in enumerate(dict.fromkeys(names))}
    block_of = np.array([order[name] for name in names], dtype=np.int64)
    assert (np.diff(block_of) >= 0).all()  # noqa: S101  # a column's features are contiguous
    weights = np.array([feature.weight for feature in used], dtype=np.float32)
    return Blocks(rows.dense(slice(None)), block_of, weights)


def _block_name(feature: Feature, whole: set[str]) -> str:
    is_alone = feature.kind == Role.ITEMS.value and feature.source_column not in whole
    return feature.feature if is_alone else f"{feature.source_column} {feature.encoding}"


def _single_choice_columns(base: BaseEncoding) -> set[str]:
    """Return the list columns with at most one item per customer."""
    found = set()
    kinds = [(feature.source_column, feature.kind) for feature in base.binary_features]
    for column in dict.fromkeys(name for name, kind in kinds if kind == Role.ITEMS.value):
        own = np.array([name == column for name, _ in kinds])
        if _max_present(base.binary, own) <= 1:
            found.add(column)
    return found


def _max_present(binary: csr_array, own: npt.NDArray[np.bool_]) -> int:
    """Return how many of some binary features a customer has at most."""
    ends = np.concatenate([[0], np.cumsum(own[binary.indices])])
    return int((ends[binary.indptr[1:]] - ends[binary.indptr[:-1]]).max(initial=0))
