"""Customers of few different combinations of values: how much the columns of one say of the others.

Where there are no more combinations than segments may be, any columns reach a silhouette of 1 once every combination
is a segment of its own, permuted ones too. Arrays in, arrays out: no SQL, no files.
"""

import numpy as np

from tasks.clustering.rows import Matrix, distinct_rows
from tasks.encoding.base_encoding import BaseEncoding, rows_in
from tasks.encoding.blocks import blocks_of

#: Share of what columns can tell of each other from which their combinations are kinds of customers.
_MIN_CONCORDANCE = 0.8

#: Customers that are compared before all are.
_FIRST = 500


def has_few_combinations(base: BaseEncoding, max_k: int) -> bool:
    """Return whether customers have no more different combinations of values than there may be segments."""
    some = base.take(np.arange(min(_FIRST, base.n_customers)))  # nearly always they are enough, and soon compared
    return _n_different(some) <= max_k and _n_different(base) <= max_k


def is_concordant(base: BaseEncoding) -> bool:
    """Return whether the value of one column tells those of the others."""
    return concordance(base) >= _MIN_CONCORDANCE


def concordance(base: BaseEncoding) -> float:
    """Return what columns tell of each other, as a share of what they could: 0 for independent ones, 1 for bijections.

    It is their total correlation (Watanabe 1960), of which the largest is the sum of all entropies but the largest one.
    """
    blocks = blocks_of(base, base.features)
    entropies = [_entropy(blocks.matrix[:, own]) for own in blocks.spans()]
    largest = sum(entropies) - max(entropies, default=0.0)
    return (sum(entropies) - _entropy(blocks.matrix)) / largest if largest > 0 else 0.0


def _n_different(base: BaseEncoding) -> int:
    return len(distinct_rows(rows_in(base, base.features)).rows)


def _entropy(rows: Matrix) -> float:
    counts = np.unique(rows, axis=0, return_counts=True)[1]
    shares = counts / len(rows)
    return float(-(shares * np.log(shares)).sum())
