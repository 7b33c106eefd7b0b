"""Find redundant columns, which others predict: a state by the city, an amount in a second currency, a score, a sum.

A redundant column would count twice, and its copy would look like a link between columns. So would a value that
several categories repeat, such as no service. Arrays in, arrays out: no SQL, no files.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from schemas.fields import Role
from tasks.clustering.rows import Floats
from tasks.encoding.base_encoding import BaseEncoding, columns_of
from tasks.encoding.derived_columns import Redundant, bands, combinations


@dataclass(frozen=True)
class RedundancySettings:
    """From when a column is redundant.

    Attributes:
        min_share: share of the entropy of a category or flag that the other one predicts.
        min_correlation: rank correlation of two numbers.
        min_flag_correlation: correlation of two flags below which the share need not be computed.
        customers_per_value: average customers of a value of the other column; fewer predict anything by chance.
    """

    min_share: float = 0.95
    min_correlation: float = 0.98
    min_flag_correlation: float = 0.9
    customers_per_value: int = 10


SETTINGS = RedundancySettings()


def redundant_columns(base: BaseEncoding) -> list[Redundant]:
    """Return the columns that kept columns predict; of two that predict each other, the later one."""
    categories = _category_values(base)
    banded = bands(base, categories)
    numbers = _redundant_numbers(base, banded)
    found = [*numbers, *_redundant_categories(categories)]
    left_out = {one.name for one in found}
    found += [Redundant(name, f"it is a band or score of {of}") for name, of in banded.items() if name not in left_out]
    found += combinations(base, {one.name for one in numbers}, banded)
    return [*found, *_repeated_values(base, {one.name for one in found})]


def _redundant_numbers(base: BaseEncoding, left_out: Collection[str]) -> list[Redundant]:
    names = [feature.source_column for feature in base.number_features]
    is_kept = np.array([name not in left_out for name in names], dtype=np.bool_)
    varied = np.flatnonzero(is_kept & (np.ptp(base.numbers, axis=0) > 0))
    if len(varied) < 2:
        return []
    correlations = np.abs(np.corrcoef(pd.DataFrame(base.numbers[:, varied]).rank().to_numpy(), rowvar=False))
    kept: list[int] = []
    found = []
    for index in range(len(varied)):
        strongest = max(kept, key=lambda other: correlations[index, other], default=None)
        if strongest is not None and correlations[index, strongest] >= SETTINGS.min_correlation:
            share = float(correlations[index, strongest])
            found.append(Redundant(names[varied[index]], _predicted(names[varied[strongest]], share)))
        else:
            kept.append(index)
    return found


def _redundant_categories(values: Mapping[str, npt.NDArray[np.int64]]) -> list[Redundant]:
    names = list(values)
    entropies = {name: round(_entropy(own), 9) for name, own in values.items()}
    # A column may be predicted by one of more entropy; of two with the same, the later one is redundant.
    order = [name for name in names if entropies[name] > 0]
    order.sort(key=lambda name: (entropies[name], -names.index(name)))
    correlations = _correlations([values[name] for name in order])
    found: list[Redundant] = []
    for index, name in enumerate(order):
        for other in range(index + 1, len(order)):
            if correlations[index, other] < SETTINGS.min_flag_correlation:
                continue
            share = _share_predicted(values[name], values[order[other]])
            if share >= SETTINGS.min_share:
                found.append(Redundant(name, _predicted(order[other], share)))
                break
    return found


def _correlations(columns: Sequence[npt.NDArray[np.int64]]) -> Floats:
    """Return the correlations of columns with two values each; 1 where one of a pair has more, which may predict."""
    are_pairs = np.array([column.max() == 1 for column in columns], dtype=np.bool_)
    correlations = np.ones((len(columns), len(columns)))
    if np.count_nonzero(are_pairs) > 1:
        both = np.ix_(are_pairs, are_pairs)
        flags = np.array([column for column in columns if column.max() == 1], dtype=np.float64)
        correlations[both] = np.abs(np.corrcoef(flags))
    return correlations


def _category_values(base: BaseEncoding) -> dict[str, npt.NDArray[np.int64]]:
    """Return the values of each category and flag as numbers from 0, one per customer."""
    binary = base.binary_features
    of_column = {
        column: np.array([feature.source_column == column for feature in binary])
        for column in columns_of([feature for feature in binary if feature.kind != Role.ITEMS.value])
    }
    return {column: _values_of(base, own) for column, own in of_column.items()}


def _values_of(base: BaseEncoding, own: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    values = np.zeros(base.n_customers, dtype=np.int64)
    is_own = own[base.binary.indices]
    owners = np.repeat(np.arange(base.n_customers), np.diff(base.binary.indptr))
    values[owners[is_own]] = base.binary.indices[is_own].astype(np.int64) + 1
    return np.unique(values, return_inverse=True)[1]


def _share_predicted(target: npt.NDArray[np.int64], by: npt.NDArray[np.int64]) -> float:
    """Return the share of the entropy of one column that another predicts, 0 to 1, less that of chance.

    The bias of the entropies is that of Miller and Madow (1955).
    """
    n_target, n_by = int(target.max()) + 1, int(by.max()) + 1
    if n_by * SETTINGS.customers_per_value > len(target):
        return 0.0
    pairs = np.unique(by * n_target + target, return_inverse=True)[1]
    by_chance = max(0, int(pairs.max()) + 1 - n_target - n_by + 1) / (2 * len(target))
    information = _entropy(target) + _entropy(by) - _entropy(pairs) - by_chance
    return information / _entropy(target)


def _entropy(values: npt.NDArray[np.int64]) -> float:
    counts: Floats = np.bincount(values) / len(values)
    present = counts[counts > 0]
    return float(-(present * np.log(present)).sum())


def _repeated_values(base: BaseEncoding, left_out: Collection[str]) -> list[Redundant]:
    """Return the features of values that the same customers have in an earlier category."""
    numbers = [
        number
        for number, feature in enumerate(base.binary_features)
        if feature.kind == Role.CATEGORY.value and feature.source_column not in left_out
    ]
    features = [base.binary_features[number] for number in numbers]
    found: dict[int, Redundant] = {}
    for later, earlier in _same_customers(base.binary[:, numbers]):
        is_other = features[later].source_column != features[earlier].source_column
        if is_other and later not in found and earlier not in found:
            found[later] = Redundant(features[later].feature, f"the same customers have {features[earlier].feature}")
    return list(found.values())


def _same_customers(binary: csr_array) -> list[tuple[int, int]]:
    """Return the pairs of binary features whose correlation is that of the same customers, ascending, later first."""
    present = csr_array((np.ones(len(binary.data)), binary.indices, binary.indptr), binary.shape)
    n_customers, counts = binary.shape[0], present.sum(axis=0)
    together = (present.T @ present).tocoo()
    later, earlier = together.coords
    spreads = np.sqrt(counts * (n_customers - counts))
    covariances = n_customers * together.data - counts[later] * counts[earlier]
    is_same = covariances >= SETTINGS.min_correlation * spreads[later] * spreads[earlier]
    kept = is_same & (earlier < later) & (spreads[later] > 0)
    return sorted(zip(later[kept].tolist(), earlier[kept].tolist(), strict=True))


def _predicted(by: str, share: float) -> str:
    return f"{by} predicts it ({share:.2f} of 1)"


def in_words(redundant: Sequence[Redundant]) -> tuple[str, ...]:
    """Return a sentence for each column or value that is left out of the fit."""
    return tuple(f"{one.name} is left out of the fit, as {one.why}" for one in redundant)
