"""Find columns that say again what another column says: a category that an item decides, an amount in two currencies.

What is told twice would count twice, and hang together where nothing else does. Arrays in, arrays
out: no SQL, no files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from schemas.fields import Role
from tasks.clustering.rows import Floats
from tasks.encoding.base_encoding import Plain, columns_of

#: Share of what a column tells, and rank correlation of two numbers, from which one tells the other.
_TOLD, _CORRELATED = 0.95, 0.98

#: Correlation of two flags below which neither tells the other; it need not be counted then.
_MAY_TELL = 0.9

#: Customers that a value of the telling column has on average, at least; rarer ones tell anything by chance.
_CUSTOMERS_A_VALUE = 10


@dataclass(frozen=True)
class Restated:
    """One column that another tells, and how much of it: 0 to 1."""

    column: str
    by: str
    share: float


def restated_columns(plain: Plain) -> list[Restated]:
    """Return the columns that another column, which is kept, tells; of two that tell each other the later one."""
    return [*_restated_numbers(plain), *_restated_categories(plain)]


def _restated_numbers(plain: Plain) -> list[Restated]:
    names = [feature.source_column for feature in plain.number_features]
    varied = np.flatnonzero(np.ptp(plain.numbers, axis=0) > 0)
    if len(varied) < 2:
        return []
    correlations = np.abs(np.corrcoef(rankdata(plain.numbers[:, varied], axis=0), rowvar=False))
    kept: list[int] = []
    found = []
    for place in range(len(varied)):
        strongest = max(kept, key=lambda other: correlations[place, other], default=None)
        if strongest is not None and correlations[place, strongest] >= _CORRELATED:
            share = float(correlations[place, strongest])
            found.append(Restated(names[varied[place]], names[varied[strongest]], share))
        else:
            kept.append(place)
    return found


def _restated_categories(plain: Plain) -> list[Restated]:
    values = _category_values(plain)
    names = list(values)
    entropies = {name: round(_entropy(own), 9) for name, own in values.items()}
    # Who says least may be told by who says more; of two that say the same the later one is.
    order = [name for name in names if entropies[name] > 0]
    order.sort(key=lambda name: (entropies[name], -names.index(name)))
    correlations = _correlations([values[name] for name in order])
    found: list[Restated] = []
    for place, name in enumerate(order):
        for other in range(place + 1, len(order)):
            if correlations[place, other] < _MAY_TELL:
                continue
            share = _share_told(values[name], values[order[other]])
            if share >= _TOLD:
                found.append(Restated(name, order[other], share))
                break
    return found


def _correlations(columns: Sequence[npt.NDArray[np.int64]]) -> Floats:
    """Return how far two columns of two values each go together; 1 where one of them has more, which may tell."""
    are_pairs = np.array([column.max() == 1 for column in columns], dtype=np.bool_)
    correlations = np.ones((len(columns), len(columns)))
    if np.count_nonzero(are_pairs) > 1:
        both = np.ix_(are_pairs, are_pairs)
        flags = np.array([column for column in columns if column.max() == 1], dtype=np.float64)
        correlations[both] = np.abs(np.corrcoef(flags))
    return correlations


def _category_values(plain: Plain) -> dict[str, npt.NDArray[np.int64]]:
    """Return the values of each category and flag as numbers from 0, one a customer."""
    marks = plain.mark_features
    of_column = {
        column: np.array([feature.source_column == column for feature in marks])
        for column in columns_of([feature for feature in marks if feature.kind != Role.ITEMS.value])
    }
    return {column: _values_of(plain, own) for column, own in of_column.items()}


def _values_of(plain: Plain, own: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    values = np.zeros(plain.n_customers, dtype=np.int64)
    is_own = own[plain.marks.indices]
    owners = np.repeat(np.arange(plain.n_customers), np.diff(plain.marks.indptr))
    values[owners[is_own]] = plain.marks.indices[is_own].astype(np.int64) + 1
    return np.unique(values, return_inverse=True)[1]


def _share_told(told: npt.NDArray[np.int64], by: npt.NDArray[np.int64]) -> float:
    """Return the share of the entropy of one column that another tells, 0 to 1, less what it tells by chance.

    The bias of the entropies is that of Miller and Madow (1955).
    """
    n_told, n_by = int(told.max()) + 1, int(by.max()) + 1
    if n_by * _CUSTOMERS_A_VALUE > len(told):
        return 0.0
    pairs = np.unique(by * n_told + told, return_inverse=True)[1]
    by_chance = max(0, int(pairs.max()) + 1 - n_told - n_by + 1) / (2 * len(told))
    information = _entropy(told) + _entropy(by) - _entropy(pairs) - by_chance
    return information / _entropy(told)


def _entropy(values: npt.NDArray[np.int64]) -> float:
    counts: Floats = np.bincount(values) / len(values)
    present = counts[counts > 0]
    return float(-(present * np.log(present)).sum())


def in_words(restated: Sequence[Restated]) -> tuple[str, ...]:
    """Return a sentence for each column that is left out of the fit."""
    return tuple(
        f"{one.column} is left out of the fit, as {one.by} tells it ({one.share:.2f} of 1)" for one in restated
    )
