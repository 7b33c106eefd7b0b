"""Customers in the textbook's encoding, with all that any other encoding is made of.

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
class Plain:
    """Some customers, one a row.

    Attributes:
        features: of the textbook's encoding, in the order of the columns.
        numbers: encoded numbers, float32 of shape (n_customers, n_numbers).
        brackets: of each number the brackets that it can be cut into; none of a constant.
        codes: bracket of each customer and number, shape (n_customers, n_numbers).
        marks: the 0/1 features, each present one as its weight, shape (n_customers, n_marks).
    """

    features: tuple[Feature, ...]
    numbers: Matrix
    brackets: tuple[tuple[Feature, ...], ...]
    codes: Codes
    marks: csr_array

    @property
    def n_customers(self) -> int:
        """Number of customers."""
        return len(self.numbers)

    @property
    def number_features(self) -> list[Feature]:
        """The features of the numbers, in the order of their columns in ``numbers``."""
        return [feature for feature in self.features if feature.is_number]

    @property
    def mark_features(self) -> list[Feature]:
        """The 0/1 features, in the order of their columns in ``marks``."""
        return [feature for feature in self.features if not feature.is_number]

    def shares(self) -> Floats:
        """Return the share of the customers that has each 0/1 feature, shape (n_marks,)."""
        return np.bincount(self.marks.indices, minlength=self.marks.shape[1]) / max(1, self.n_customers)

    def bracket_shares(self) -> list[Floats]:
        """Return of each number the share of the customers in each of its brackets."""
        return [
            np.bincount(self.codes[:, number], minlength=len(own))[: len(own)] / max(1, self.n_customers)
            for number, own in enumerate(self.brackets)
        ]

    def take(self, customers: Positions) -> "Plain":
        """Return some of the customers."""
        return Plain(
            self.features, self.numbers[customers], self.brackets, self.codes[customers], self.marks[customers]
        )

    def sampled(self, n_customers: int, random_state: int) -> "Plain":
        """Return some customers at random, in their order; all where they are no more."""
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


def rows_in(plain: Plain, features: Sequence[Feature]) -> Rows:
    """Return the customers in an encoding; the columns of the rows are the features of ``used_in``.

    Args:
        plain: the customers.
        features: those of the encoding: the textbook's, in their order, each perhaps with another
            center, scale or weight, and then any brackets.
    """
    own = features[: len(plain.features)]
    kept_numbers = np.array([feature.weight > 0 for feature in own if feature.is_number], dtype=np.bool_)
    marked = [feature for feature in own if not feature.is_number]
    numbers = plain.numbers if kept_numbers.all() else plain.numbers[:, kept_numbers]
    marks = _rescaled(plain.marks, marked)
    brackets = features[len(plain.features) :]
    if brackets:
        marks = csr_array(hstack([marks, _bracket_marks(plain, brackets)], format="csr"))
    return Rows(np.ascontiguousarray(numbers), marks)


def _rescaled(marks: csr_array, features: Sequence[Feature]) -> csr_array:
    """Return the marks with the amounts of their features, those that have a weight alone."""
    is_kept = np.array([feature.weight > 0 for feature in features], dtype=np.bool_)
    added = added_values(features)
    amounts = added[marks.indices]
    if is_kept.all():
        rescaled = csr_array((amounts, marks.indices, marks.indptr), shape=marks.shape)
        return rescaled if added.all() else _without_zeros(rescaled.copy())
    stored = is_kept[marks.indices]
    places = (np.cumsum(is_kept) - 1).astype(marks.indices.dtype)
    ends = np.concatenate([[0], np.cumsum(stored)])[marks.indptr].astype(marks.indptr.dtype)
    kept = csr_array((amounts[stored], places[marks.indices[stored]], ends), shape=(marks.shape[0], int(is_kept.sum())))
    return _without_zeros(kept)


def _without_zeros(marks: csr_array) -> csr_array:
    """Return marks without those that a float32 cannot tell from nothing."""
    if not marks.data.all():
        marks.eliminate_zeros()
    return marks


def _bracket_marks(plain: Plain, brackets: Sequence[Feature]) -> csr_array:
    """Return the marks of brackets: each customer has one of each number that is cut."""
    cut = set(columns_of(brackets))
    numbers = [number for number, own in enumerate(plain.brackets) if own and own[0].source_column in cut]
    firsts = np.cumsum([0, *(len(plain.brackets[number]) for number in numbers)])
    places = plain.codes[:, numbers].astype(np.int32) + firsts[:-1].astype(np.int32)
    added = added_values(brackets)
    starts = np.arange(plain.n_customers + 1, dtype=np.int32) * len(numbers)
    found = csr_array((added[places.ravel()], places.ravel(), starts), shape=(plain.n_customers, len(brackets)))
    return _without_zeros(found)
