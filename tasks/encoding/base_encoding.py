"""``BaseEncoding``: customers in the standard encoding, from which every other encoding is derived.

Arrays in, arrays out: no SQL, no files.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack

from tasks.clustering.rows import Floats, Matrix, Positions, Rows
from tasks.encoding.brackets import Codes
from tasks.encoding.features import Feature, added_values


@dataclass(frozen=True)
class BaseEncoding:
    """Some customers, one per row.

    Attributes:
        features: of the textbook's encoding, in the order of the columns.
        numbers: encoded numbers, float32 of shape (n_customers, n_numbers).
        brackets: of each number the brackets it can be binned into; none for a constant.
        codes: bracket of each customer and number, shape (n_customers, n_numbers).
        binary: the binary features, each present one as its weight, shape (n_customers, n_binary).
    """

    features: tuple[Feature, ...]
    numbers: Matrix
    brackets: tuple[tuple[Feature, ...], ...]
    codes: Codes
    binary: csr_array

    @property
    def n_customers(self) -> int:
        """Number of customers."""
        return len(self.numbers)

    @property
    def number_features(self) -> list[Feature]:
        """The features of the numbers, in the order of their columns in ``numbers``."""
        return [feature for feature in self.features if feature.is_number]

    @property
    def binary_features(self) -> list[Feature]:
        """The binary features, in the order of their columns in ``binary``."""
        return [feature for feature in self.features if not feature.is_number]

    def shares(self) -> Floats:
        """Return the share of the customers with each binary feature, shape (n_binary,)."""
        return np.bincount(self.binary.indices, minlength=self.binary.shape[1]) / max(1, self.n_customers)

    def bracket_shares(self) -> list[Floats]:
        """Return of each number the share of the customers in each of its brackets."""
        return [
            np.bincount(self.codes[:, number], minlength=len(own))[: len(own)] / max(1, self.n_customers)
            for number, own in enumerate(self.brackets)
        ]

    def take(self, customers: Positions) -> "BaseEncoding":
        """Return some of the customers."""
        return BaseEncoding(
            self.features, self.numbers[customers], self.brackets, self.codes[customers], self.binary[customers]
        )

    def sampled(self, n_customers: int, random_state: int) -> "BaseEncoding":
        """Return some customers at random, in their order; all where there are no more."""
        if self.n_customers <= n_customers:
            return self
        drawn = np.random.default_rng(random_state).choice(self.n_customers, n_customers, replace=False)
        return self.take(np.sort(drawn))


def columns_of(features: Sequence[Feature]) -> list[str]:
    """Return the names of the source columns of some features, each once, in their order."""
    return list(dict.fromkeys(feature.source_column for feature in features))


def used_in(features: Iterable[Feature]) -> list[Feature]:
    """Return the features that take part in an encoding, in the order in which its rows have them: numbers first."""
    return sorted((feature for feature in features if feature.weight > 0), key=lambda one: not one.is_number)


def rows_in(base: BaseEncoding, features: Sequence[Feature]) -> Rows:
    """Return the customers in an encoding; the columns of the rows are the features of ``used_in``.

    Args:
        base: the customers.
        features: those of the encoding: the textbook's, in their order, each perhaps with another
            center, scale or weight, then any brackets.
    """
    own = features[: len(base.features)]
    kept_numbers = np.array([feature.weight > 0 for feature in own if feature.is_number], dtype=np.bool_)
    own_binary = [feature for feature in own if not feature.is_number]
    numbers = base.numbers if kept_numbers.all() else base.numbers[:, kept_numbers]
    binary = _rescaled(base.binary, own_binary)
    brackets = features[len(base.features) :]
    if brackets:
        binary = csr_array(hstack([binary, _binary_brackets(base, brackets)], format="csr"))
    return Rows(np.ascontiguousarray(numbers), binary)


def _rescaled(binary: csr_array, features: Sequence[Feature]) -> csr_array:
    """Return the binary features that have a weight, with their amounts."""
    is_kept = np.array([feature.weight > 0 for feature in features], dtype=np.bool_)
    added = added_values(features)
    amounts = added[binary.indices]
    if is_kept.all():
        rescaled = csr_array((amounts, binary.indices, binary.indptr), shape=binary.shape)
        return rescaled if added.all() else _without_zeros(rescaled.copy())
    stored = is_kept[binary.indices]
    new_index = (np.cumsum(is_kept) - 1).astype(binary.indices.dtype)
    ends = np.concatenate([[0], np.cumsum(stored)])[binary.indptr].astype(binary.indptr.dtype)
    kept = csr_array(
        (amounts[stored], new_index[binary.indices[stored]], ends), shape=(binary.shape[0], int(is_kept.sum()))
    )
    return _without_zeros(kept)


def _without_zeros(binary: csr_array) -> csr_array:
    """Return binary features without those whose amount is 0 as a float32."""
    if not binary.data.all():
        binary.eliminate_zeros()
    return binary


def _binary_brackets(base: BaseEncoding, brackets: Sequence[Feature]) -> csr_array:
    """Return brackets as binary features: each customer has one of each number that is binned."""
    cut = set(columns_of(brackets))
    numbers = [number for number, own in enumerate(base.brackets) if own and own[0].source_column in cut]
    firsts = np.cumsum([0, *(len(base.brackets[number]) for number in numbers)])
    indices = base.codes[:, numbers].astype(np.int32) + firsts[:-1].astype(np.int32)
    added = added_values(brackets)
    starts = np.arange(base.n_customers + 1, dtype=np.int32) * len(numbers)
    found = csr_array((added[indices.ravel()], indices.ravel(), starts), shape=(base.n_customers, len(brackets)))
    return _without_zeros(found)
