"""Find derived columns: bands and scores of a number, sums and products of several.

They would count twice, and link what they are made of. Arrays in, arrays out: no SQL, no files.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from tasks.clustering.rows import Floats
from tasks.encoding.base_encoding import BaseEncoding
from tasks.encoding.features import Feature, stored_values

Codes = npt.NDArray[np.int64]

_NONE: Mapping[str, str] = MappingProxyType({})

#: Of the largest value of a number, what float32 keeps.
_DIGITS = 1e-6


@dataclass(frozen=True)
class DerivedSettings:
    """From when a column is derived.

    Attributes:
        max_customers: customers that are looked at.
        max_bands: different values of a band or score.
        values_per_band: different values of the number for each of its bands, at least.
        customers_per_band: customers for each band, at least; few are in bands by chance.
        min_agreement: agreement of the bands with cuts of the number, 0 for chance and 1 for all customers.
        max_numbers: numbers that are looked at.
        customers_per_number: customers for each number, at least; few of them are sums of the others by chance.
        min_squared: squared multiple correlation below which the fit need not be looked at.
        max_equal: share of customers with the most frequent value of a number from which they are left aside.
        core: share of the customers that the fit is made for; others may be imputed or clipped.
        near: distance from the fit, as a share of the standard deviation of the column, that rounding explains.
        min_near: share of the customers who are so near, at least.
        min_positive: share of positive values of a number that may be a product or a ratio.
        rounds: fits to the nearest customers.
    """

    max_customers: int = 2_000
    max_bands: int = 50
    values_per_band: int = 2
    customers_per_band: int = 10
    min_agreement: float = 0.97
    max_numbers: int = 200
    customers_per_number: int = 10
    min_squared: float = 0.7
    max_equal: float = 0.1
    core: float = 0.6
    near: float = 0.05
    min_near: float = 0.8
    min_positive: float = 0.8
    rounds: int = 3


SETTINGS = DerivedSettings()


@dataclass(frozen=True)
class Redundant:
    """A column, or the feature of a value, that others give, and why it takes no part, in words."""

    name: str
    why: str


def bands(base: BaseEncoding, categories: Mapping[str, Codes]) -> dict[str, str]:
    """Return the columns of few values that cut a number into ranges, in any order, each with that number.

    Args:
        base: the customers.
        categories: column -> the value of each customer as a number from 0, of the categories and flags.
    """
    some = _some_of(base)
    ranks = {name: _codes(values) for name, values in numbers_of(base.take(some)).items()}
    few = ranks | {name: _codes(codes[some]) for name, codes in categories.items()}
    found = {name: _banded(name, own, ranks) for name, own in few.items()}
    return {name: source for name, source in found.items() if source is not None}


def combinations(
    base: BaseEncoding, left_out: Collection[str] = (), banded: Mapping[str, str] = _NONE
) -> list[Redundant]:
    """Return the numbers that are sums, differences, products or ratios of others.

    Of a sum and its terms the one is derived that the others make without canceling each other.

    Args:
        base: the customers.
        left_out: numbers that take no part.
        banded: bands and scores, which others may be made of, but not the number that they cut.
    """
    numbers = numbers_of(base.take(_some_of(base)))
    numbers = {name: values for name, values in numbers.items() if name not in left_out}
    sums = list(_linear(numbers, banded, "a sum or difference"))
    rest = {name: values for name, values in numbers.items() if name not in {one.name for one in sums}}
    return [*sums, *_linear(_logarithms(rest), banded, "a product or ratio")]


def _some_of(base: BaseEncoding) -> npt.NDArray[np.intp]:
    """Return the positions of customers that are enough to find what is derived, spread over all."""
    return np.arange(0, base.n_customers, max(1, base.n_customers // SETTINGS.max_customers))


def numbers_of(base: BaseEncoding) -> dict[str, Floats]:
    """Return the stored values of the numbers that vary, by column."""
    varying: dict[str, Floats] = {}
    for feature, encoded in zip(base.number_features, base.numbers.T, strict=True):
        if len(varying) < SETTINGS.max_numbers and feature.weight and np.ptp(encoded) > 0:
            varying[feature.source_column] = _stored(encoded, feature)
    return varying


def _stored(encoded: npt.NDArray[np.float32], feature: Feature) -> Floats:
    values = stored_values(encoded.astype(np.float64), feature)
    # float32 has seven digits, and what it leaves of 0 has a logarithm.
    step = _DIGITS * float(np.abs(values).max())
    rounded: Floats = np.round(values / step) * step
    return rounded


def _codes(values: npt.NDArray[np.generic]) -> Codes:
    """Return the different values as numbers from 0, ascending."""
    codes: Codes = np.unique(values, return_inverse=True)[1]
    return codes


def _banded(name: str, codes: Codes, ranks: Mapping[str, Codes]) -> str | None:
    """Return the number that a column of few values is a band of, if there is one."""
    n_bands = int(codes.max(initial=0)) + 1
    if not 1 < n_bands <= min(SETTINGS.max_bands, len(codes) // SETTINGS.customers_per_band):
        return None
    for source, own in ranks.items():
        is_finer = own.max() + 1 >= SETTINGS.values_per_band * n_bands
        if source != name and is_finer and _agreement(codes, own) >= SETTINGS.min_agreement:
            return source
    return None


def _agreement(codes: Codes, ranks: Codes) -> float:
    """Return how well cuts of a number give the bands, 0 for chance and 1 for all customers.

    A cut may pass between equal values, as that of a score by rank does. What many equal values give away is chance,
    as much as of permuted bands.
    """
    by_chance = _share_cut(np.random.default_rng(0).permutation(codes), ranks)
    agreed = _share_cut(codes, ranks)
    return (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else 0.0


def _share_cut(codes: Codes, ranks: Codes) -> float:
    """Return the share of customers whose band is the one that cuts of the number give."""
    places = np.bincount(codes, ranks) / np.bincount(codes)
    ordered = places.argsort(kind="stable").argsort(kind="stable")[codes]
    return float((ordered[np.lexsort((ordered, ranks))] == np.sort(ordered)).mean())


def _linear(numbers: Mapping[str, Floats], banded: Mapping[str, str], words: str) -> Iterator[Redundant]:
    """Yield the numbers that are linear in others, one after the other."""
    names = list(numbers)
    while (found := _most_direct(names, numbers, banded)) is not None:
        name, others = found
        yield Redundant(name, f"it is {words} of {', '.join(others)}")
        names.remove(name)


def _most_direct(
    names: Sequence[str], numbers: Mapping[str, Floats], banded: Mapping[str, str]
) -> tuple[str, list[str]] | None:
    """Return the number that is linear in others with the smallest coefficients, and these others."""
    if len(names) < 3:
        return None
    columns = np.column_stack([numbers[name] for name in names])
    columns = columns[np.isfinite(columns).all(axis=1)]
    if len(columns) < SETTINGS.customers_per_number * len(names):
        return None
    scaled = (columns - columns.mean(axis=0)) / np.maximum(columns.std(axis=0), np.finfo(float).tiny)
    found: dict[str, tuple[float, list[str]]] = {}
    for index, squared in enumerate(_squared(scaled)):
        if squared < SETTINGS.min_squared or names[index] in banded:
            continue
        others = [name for name in names if name != names[index]]
        coefficients = _coefficients(scaled, index)
        terms = [name for name, own in zip(others, coefficients, strict=True) if abs(own) > SETTINGS.near]
        if len(terms) > 1 and not any(banded.get(term) == names[index] for term in terms):
            found[names[index]] = (float(np.linalg.norm(coefficients)), terms)
    if not found:
        return None
    name = min(found, key=lambda name: found[name][0])
    return name, found[name][1]


def _squared(scaled: Floats) -> Floats:
    """Return the squared multiple correlation of each column with the others."""
    correlations = scaled.T @ scaled / len(scaled)
    ridge = 1e-9 * np.eye(len(correlations))
    squared: Floats = 1 - 1 / np.diagonal(np.linalg.inv(correlations + ridge))
    return squared


def _coefficients(scaled: Floats, index: int) -> Floats:
    """Return what the others make a column with, 0 if they do not: fitted to the customers nearest to the fit.

    Customers of the most frequent value, such as 0, agree with any fit where they are many, so others decide.
    """
    values, value_of, counts = np.unique(scaled[:, index], return_inverse=True, return_counts=True)
    told = scaled[value_of != counts.argmax()] if counts.max() > SETTINGS.max_equal * len(scaled) else scaled
    nothing = np.zeros(scaled.shape[1] - 1)
    if len(values) < 2 or len(told) < SETTINGS.customers_per_number * scaled.shape[1]:
        return nothing
    target, others = told[:, index], np.column_stack([np.delete(told, index, axis=1), np.ones(len(told))])
    core = np.arange(len(target))
    for _ in range(SETTINGS.rounds):
        near = others[core]
        # The normal equations, as this is done for every number several times.
        fitted = np.asarray(np.linalg.lstsq(near.T @ near, near.T @ target[core], rcond=None)[0], dtype=np.float64)
        distances = np.abs(target - others @ fitted)
        core = distances.argsort(kind="stable")[: int(SETTINGS.core * len(target))]
    return fitted[:-1] if (distances <= SETTINGS.near).mean() >= SETTINGS.min_near else nothing


def _logarithms(numbers: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the logarithms of the numbers that are never negative and mostly positive; not finite where they are 0."""
    with np.errstate(divide="ignore"):
        return {
            name: np.log(values)
            for name, values in numbers.items()
            if values.min() >= 0 and (values > 0).mean() >= SETTINGS.min_positive
        }
