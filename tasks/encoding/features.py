"""The standard encoding of customers as numbers; ``tasks.encoding.strategies`` derives every other encoding.

Arrays in, arrays out: no SQL, no files. Every feature is ``encoded = weight * (x - center) / scale``, x
being the number (its logarithm, clipped, where declared) or 1 and 0, so a customer can be scored in SQL.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from schemas.dataset import Column
from schemas.encoded_feature import EncodedFeature
from schemas.fields import MISSING_CATEGORY, OTHER_VALUES, MissingRule, Role
from tasks.clustering.rows import Floats

Keys = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ClippingSettings:
    """How numbers with far outliers are clipped for the fit, as one far customer would be a segment of its own.

    Attributes:
        quantiles: bounds of the clipped number; the 1 % beyond each are too few for a segment.
        far: share of the width between the bounds; values beyond them by more are far.
    """

    quantiles: tuple[float, float] = (0.01, 0.99)
    far: float = 0.5


CLIPPING = ClippingSettings()

#: Standard deviation of a number as a multiple of that in the model, or the reverse, up to which it is the same.
_SAME_NUMBER = 2.0


@dataclass(frozen=True)
class Numbers:
    """A numeric column: one value per customer, NaN where it is missing."""

    column: Column
    values: Floats


@dataclass(frozen=True)
class Value:
    """The value of one binary feature.

    Attributes:
        text: the category or item; None for a flag, and for a group of infrequent categories.
        grouped_values: number of different values in it.
        is_most_frequent: whether the most frequent value of the column is one of them.
    """

    text: str | None
    grouped_values: int
    is_most_frequent: bool


@dataclass(frozen=True)
class Members:
    """A category, flag or items column: its values, in the order of their features."""

    column: Column
    values: tuple[Value, ...]


Source = Numbers | Members


@dataclass(frozen=True)
class Feature(EncodedFeature):
    """One column of the encoded rows: of ``Rows.numbers`` if it is a number, else of ``Rows.binary``.

    Attributes:
        feature: its name, key of the table features.
        kind: of its column.
    """

    feature: str
    kind: str


def standard(source: Source) -> list[Feature]:
    """Return the features of one column in the textbook's encoding.

    A number is standardized to mean 0 and standard deviation 1 (population), clipped where the column
    declares it or has far outliers; a category is one-hot, a list multi-hot, a flag binary. Missing values
    are imputed as the column declares, by the median or the most frequent value, or are a category.
    """
    if isinstance(source, Numbers):
        return [_standardized(source)]
    return [_zero_or_one(source.column, value) for value in source.values]


def as_standard(feature: Feature, column: Column) -> Feature:
    """Return a feature of any encoding as the textbook's encoding has it: as it was before a strategy changed it."""
    if feature.is_number:
        return replace(feature, weight=column.settings.weight)
    return replace(feature, center=0.0, scale=1.0, weight=column.settings.weight)


def how_changed(values: Floats, kept: Feature) -> str:
    """Return in words how a number is another one than when it was encoded first; empty where it is much the same.

    Args:
        values: as they are stored, NaN where missing, shape (n_customers,).
        kept: its feature in the model.
    """
    x = transform(values, kept)
    if len(x) == 0 or float(np.ptp(x)) == 0.0:  # a constant says nothing of the scale
        return ""
    center, scale = _center_and_scale(x)
    was_constant = kept.scale == 1.0 and kept.imputed == kept.center
    if was_constant or not 1 / _SAME_NUMBER <= scale / kept.scale <= _SAME_NUMBER:
        return f"{kept.source_column} varies {'more' if scale > kept.scale or was_constant else 'less'}"
    if abs(center - kept.center) > kept.scale:
        return f"{kept.source_column} is {'higher' if center > kept.center else 'lower'}"
    return ""


def with_unique_names(features: Iterable[Feature]) -> list[Feature]:
    """Number the names that differ by case alone, which SQL does not distinguish; the values stay."""
    used = {"segment_id", "customers"}
    unique = []
    for feature in features:
        name, number = feature.feature, 1
        while name.casefold() in used:
            number += 1
            name = f"{feature.feature} ({number})"
        used.add(name.casefold())
        unique.append(replace(feature, feature=name))
    return unique


def encode_numbers(values: Floats, feature: Feature) -> Floats:
    """Return the encoded values of a numeric column, shape (n_customers,)."""
    return _scaled(transform(values, feature), feature)


def stored_values(encoded: Floats, feature: Feature) -> Floats:
    """Return the stored values of an encoded number, clipped and imputed as it is; its weight is not 0."""
    x = encoded * feature.scale / feature.weight + feature.center
    return np.sign(x) * np.expm1(np.abs(x)) if feature.is_log else x


def encode_binary(
    pieces: Iterable[tuple[int, Keys]], features: Sequence[Feature], n_customers: int, max_present: int
) -> csr_array:
    """Return what the present binary features add to the encoded rows, float32 of shape (n_customers, n_binary).

    Args:
        pieces: consecutive customers: how many they are, and for each of their present features the key
            n_binary * (index among them) + index of the feature. The keys are sorted in place.
        features: the binary features, in the order of their indices.
        n_customers: number of customers.
        max_present: how many present features there are at most.
    """
    added = added_values(features)
    index = np.int32 if max_present < 2**31 else np.int64
    indices, amounts = np.empty(max_present, dtype=index), np.empty(max_present, dtype=np.float32)
    starts = np.zeros(n_customers + 1, dtype=index)
    first, n_stored = 0, 0
    for n_in_piece, keys in pieces:
        owners, own = np.divmod(_different(keys), len(features))
        stored = slice(n_stored, n_stored + len(own))
        indices[stored], amounts[stored] = own, added[own]
        counts = np.bincount(owners, minlength=n_in_piece)
        starts[first + 1 : first + 1 + n_in_piece] = n_stored + np.cumsum(counts)
        first, n_stored = first + n_in_piece, stored.stop
    binary = csr_array((amounts[:n_stored], indices[:n_stored], starts), shape=(n_customers, len(features)))
    if not added.all():  # a weight may be too small for a float32
        binary.eliminate_zeros()
    return binary


def absent_values(features: Sequence[Feature]) -> Floats:
    """Return the encoded value of each binary feature where it is absent; ``Rows`` holds what presence adds to it."""
    return np.array([_scaled(np.zeros(1), feature)[0] for feature in features])


def added_values(features: Sequence[Feature]) -> npt.NDArray[np.float32]:
    """Return what the presence of each binary feature adds to its encoded value."""
    return np.array([feature.added for feature in features], dtype=np.float32)


def transform(values: Floats, feature: Feature) -> Floats:
    """Return x of the stored values: clipped, logarithm taken, missing values imputed."""
    x = _shaped(values, feature.is_log, feature.clip_low, feature.clip_high)
    return np.where(np.isnan(x), feature.imputed, x)


def is_far(values: Floats, feature: Feature) -> npt.NDArray[np.bool_]:
    """Return which values are far beyond the bounds that their number is clipped to; none where it is not."""
    if feature.clip_low is None or feature.clip_high is None:
        return np.zeros(len(values), dtype=np.bool_)
    return _are_far(values, feature.clip_low, feature.clip_high, feature.is_log)


def _shaped(values: Floats, is_log: bool, clip_low: float | None, clip_high: float | None) -> Floats:
    x = values if clip_low is None and clip_high is None else np.clip(values, clip_low, clip_high)
    return np.sign(x) * np.log1p(np.abs(x)) if is_log else x


def _scaled(x: Floats, feature: Feature) -> Floats:
    return feature.weight * (x - feature.center) / feature.scale


def _different(keys: Keys) -> Keys:
    """Sort keys in place and return each of them once."""
    keys.sort()
    is_new = np.r_[True, keys[1:] != keys[:-1]][: len(keys)]
    return keys if is_new.all() else keys[is_new]


def _standardized(source: Numbers) -> Feature:
    settings = source.column.settings
    low, high = settings.clip or _bounds_of(source.values[~np.isnan(source.values)], settings.log)
    x = _shaped(source.values, settings.log, low, high)
    center, scale = _center_and_scale(x[~np.isnan(x)])
    return Feature(
        feature=source.column.name,
        source_column=source.column.name,
        kind=Role.NUMERIC.value,
        encoding="standardized",
        value=None,
        grouped_values=None,
        center=center,
        scale=scale,
        weight=settings.weight,
        is_log=settings.log,
        clip_low=low,
        clip_high=high,
        imputed=_imputed_number(x[~np.isnan(x)], settings.missing, center),
    )


def _bounds_of(values: Floats, is_log: bool) -> tuple[float | None, float | None]:
    """Return the bounds to clip a number to; None where no value is far, by the logarithms where it is log-encoded."""
    if len(values) == 0:
        return None, None
    low, high = (float(bound) for bound in np.quantile(values, CLIPPING.quantiles))
    return (low, high) if low < high and _are_far(values, low, high, is_log).any() else (None, None)


def _are_far(values: Floats, low: float, high: float, is_log: bool) -> npt.NDArray[np.bool_]:
    x, (lowest, highest) = _shaped(values, is_log, None, None), _shaped(np.array([low, high]), is_log, None, None)
    beyond = CLIPPING.far * (highest - lowest)
    far: npt.NDArray[np.bool_] = (x < lowest - beyond) | (x > highest + beyond)
    return far


def _center_and_scale(x: Floats) -> tuple[float, float]:
    """Return mean and standard deviation; 1 for a constant, whose deviation is rounding error at most."""
    if len(x) == 0:
        return 0.0, 1.0
    if float(np.ptp(x)) == 0.0:
        return float(x[0]), 1.0
    # The squares of tiny numbers are 0, so they have no deviation.
    return float(x.mean()), float(x.std()) or 1.0


def _imputed_number(x: Floats, rule: MissingRule, center: float) -> float:
    """Return the value that is imputed for a missing number; the mean where none can be missing."""
    if len(x) == 0 or rule not in ("median", "most_frequent"):
        return center
    if rule == "median":
        return float(np.median(x))
    values, counts = np.unique(x, return_counts=True)
    return float(values[counts.argmax()])


def _zero_or_one(column: Column, value: Value) -> Feature:
    text = OTHER_VALUES if value.grouped_values > 1 else value.text
    return Feature(
        feature=column.name if text is None else f"{column.name}={text}",
        source_column=column.name,
        kind=column.role.value,
        encoding={Role.ITEMS: "multi-hot", Role.FLAG: "flag"}.get(column.role, "one-hot"),
        value=text,
        grouped_values=value.grouped_values,
        center=0.0,
        scale=1.0,
        weight=column.settings.weight,
        is_log=False,
        clip_low=None,
        clip_high=None,
        imputed=float(_is_imputed(column, value)),
    )


def _is_imputed(column: Column, value: Value) -> bool:
    """Return whether a missing value is imputed as this one."""
    if column.settings.missing == "category":
        return value.text == MISSING_CATEGORY
    return value.is_most_frequent and (column.settings.missing == "most_frequent" or column.role is Role.FLAG)
