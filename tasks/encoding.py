"""Encode customers as numbers: the strategies, each linear so that a customer can be scored in SQL.

Arrays in, arrays out: no SQL, no files. Every strategy makes
``encoded = weight * (x - center) / scale`` of each feature, x being the number (its logarithm, clipped,
where declared) or 1 and 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.dataset import Column
from schemas.fields import MISSING_CATEGORY, MissingRule, Role

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Numbers:
    """A numeric or flag column: one value a customer, NaN where it is missing."""

    column: Column
    values: Floats


@dataclass(frozen=True)
class Members:
    """A category or items column as pairs: the customer at positions[i] has vocabulary[codes[i]]."""

    column: Column
    vocabulary: tuple[str, ...]
    positions: Codes
    codes: Codes


Source = Numbers | Members


@dataclass(frozen=True)
class Feature:
    """One column of the encoded matrix, with all that it takes to encode a value; see the table features."""

    feature: str
    source_column: str
    kind: str
    encoding: str
    value: str | None
    center: float
    scale: float
    weight: float
    is_log: bool
    clip_low: float | None
    clip_high: float | None
    imputed: float


Strategy = Callable[[Sequence[Source]], list[Feature]]


def standard(sources: Sequence[Source]) -> list[Feature]:
    """Return the features of the textbook's encoding.

    A number is standardised to mean 0 and standard deviation 1 (population); a category is
    one-hot, a list multi-hot, a flag itself, all as 0 and 1. What is missing counts as its column
    declares: as the median or the commonest value, or as a category of its own.
    """
    features: list[Feature] = []
    for source in sources:
        if isinstance(source, Members):
            imputed = _imputed_category(source)
            features += [_present(source.column, value, float(value == imputed)) for value in source.vocabulary]
        elif source.column.role is Role.FLAG:
            features.append(_flag(source))
        else:
            features.append(_standardised(source))
    return _with_unique_names(features)


#: Name -> strategy; another is added beside it.
STRATEGIES: dict[str, Strategy] = {"standard": standard}


def encode(sources: Sequence[Source], features: Sequence[Feature], n_customers: int) -> Matrix:
    """Return the encoded matrix, float32 of shape (n_customers, n_features).

    Args:
        sources: the columns, customers in canonical order.
        features: what a strategy made of the same columns, in the same order.
        n_customers: number of customers.
    """
    matrix = np.empty((n_customers, len(features)), dtype=np.float32)
    first = 0
    for source in sources:
        if isinstance(source, Members):
            own = features[first : first + len(source.vocabulary)]
            _fill_members(matrix, first, source, own)
            first += len(own)
        else:
            matrix[:, first] = _scaled(transform(source.values, features[first]), features[first])
            first += 1
    return matrix


def transform(values: Floats, feature: Feature) -> Floats:
    """Return x of the stored values: clipped, logarithm taken, missing values imputed."""
    x = _shaped(values, feature.is_log, feature.clip_low, feature.clip_high)
    return np.where(np.isnan(x), feature.imputed, x)


def _shaped(values: Floats, is_log: bool, clip_low: float | None, clip_high: float | None) -> Floats:
    x = values if clip_low is None and clip_high is None else np.clip(values, clip_low, clip_high)
    return np.sign(x) * np.log1p(np.abs(x)) if is_log else x


def _scaled(x: Floats, feature: Feature) -> Floats:
    return feature.weight * (x - feature.center) / feature.scale


def _fill_members(matrix: Matrix, first: int, source: Members, features: Sequence[Feature]) -> None:
    """Write the features of one category or items column."""
    absent = np.array([_scaled(np.zeros(1), feature)[0] for feature in features], dtype=np.float32)
    present = np.array([_scaled(np.ones(1), feature)[0] for feature in features], dtype=np.float32)
    matrix[:, first : first + len(features)] = absent
    matrix[source.positions, first + source.codes] = present[source.codes]


def _standardised(source: Numbers) -> Feature:
    settings = source.column.settings
    low, high = settings.clip or (None, None)
    x = _shaped(source.values, settings.log, low, high)
    center, scale = _center_and_scale(x[~np.isnan(x)])
    return Feature(
        feature=source.column.name,
        source_column=source.column.name,
        kind=Role.NUMERIC.value,
        encoding="standardised",
        value=None,
        center=center,
        scale=scale,
        weight=settings.weight,
        is_log=settings.log,
        clip_low=low,
        clip_high=high,
        imputed=_imputed_number(x[~np.isnan(x)], settings.missing, center),
    )


def _center_and_scale(x: Floats) -> tuple[float, float]:
    """Return mean and standard deviation; a constant, whose spread is rounding at most, is not blown up by it."""
    if len(x) == 0:
        return 0.0, 1.0
    if float(np.ptp(x)) == 0.0:
        return float(x[0]), 1.0
    # Of the tiniest numbers the squares are 0; they cannot be told apart then.
    return float(x.mean()), float(x.std()) or 1.0


def _imputed_number(x: Floats, rule: MissingRule, center: float) -> float:
    """Return what a missing number counts as; the mean where none can be missing."""
    if len(x) == 0 or rule not in ("median", "commonest"):
        return center
    if rule == "median":
        return float(np.median(x))
    values, counts = np.unique(x, return_counts=True)
    return float(values[counts.argmax()])


def _imputed_category(source: Members) -> str | None:
    """Return the category that a missing one counts as; None where none can be missing."""
    if source.column.settings.missing == "own":
        return MISSING_CATEGORY
    if source.column.settings.missing != "commonest" or not source.vocabulary:
        return None
    return source.vocabulary[int(np.bincount(source.codes, minlength=len(source.vocabulary)).argmax())]


def _flag(source: Numbers) -> Feature:
    known = source.values[~np.isnan(source.values)]
    is_mostly_set = len(known) > 0 and float(known.mean()) > 0.5
    return _zero_or_one(source.column, source.column.name, "flag", None, float(is_mostly_set))


def _present(column: Column, value: str, imputed: float) -> Feature:
    encoding = "multi-hot" if column.role is Role.ITEMS else "one-hot"
    return _zero_or_one(column, f"{column.name}={value}", encoding, value, imputed)


def _zero_or_one(column: Column, name: str, encoding: str, value: str | None, imputed: float) -> Feature:
    return Feature(
        feature=name,
        source_column=column.name,
        kind=column.role.value,
        encoding=encoding,
        value=value,
        center=0.0,
        scale=1.0,
        weight=column.settings.weight,
        is_log=False,
        clip_low=None,
        clip_high=None,
        imputed=imputed,
    )


def _with_unique_names(features: list[Feature]) -> list[Feature]:
    """Number the names that differ by case alone, which SQL cannot tell apart; the values stay."""
    taken = {"segment_id", "customers"}
    unique = []
    for feature in features:
        name, number = feature.feature, 1
        while name.casefold() in taken:
            number += 1
            name = f"{feature.feature} ({number})"
        taken.add(name.casefold())
        unique.append(Feature(**{**vars(feature), "feature": name}))
    return unique
