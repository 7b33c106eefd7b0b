"""Which k may be chosen, and which is: the guards, in numbers and in words.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from schemas.file_settings import FileSettings
from tasks.clustering.rows import Floats
from tasks.clustering.silhouette_curve import DECISIVE, Curve

#: Digits of a silhouette that are published and compared; the rest is rounding of sums.
DIGITS = 9

#: Of few customers a segment may be a part of this size, whatever the settings say.
_PART_OF_FEW = 4


@dataclass(frozen=True)
class NullScore:
    """How far a k stands out from permuted columns, on a sample of the customers.

    Attributes:
        null_silhouette: its mean silhouette where each column is permuted on its own.
        silhouette_gain: by how much the silhouette of the sample is above that.
    """

    null_silhouette: float
    silhouette_gain: float


@dataclass(frozen=True)
class Guards:
    """What a k must have to be chosen; the defaults ask for nothing.

    Attributes:
        least_customers: customers of its smallest segment.
        least_gain: by how much its silhouette must be above that of a smaller k that could be chosen.
        min_gain_share: silhouette_gain, as a share of the highest one among those whose segments are large enough.
        nulls: what is known of permuted columns, by k; a k that is not there is not judged by its silhouette_gain.
    """

    least_customers: int = 1
    least_gain: float = 0.0
    min_gain_share: float = 0.0
    nulls: Mapping[int, NullScore] = field(default_factory=dict)


@dataclass(frozen=True)
class Ruling:
    """Which k is taken, by its place among those tried.

    Attributes:
        faults: what rules each out whatever its silhouette, in words; empty where nothing does.
        best: the one to publish; None where all are ruled out.
        highest: the one with the highest silhouette: another than the best if it adds too little to that.
        is_only: whether it is taken as it alone was asked for, whatever its fault.
    """

    faults: tuple[str, ...]
    best: int | None = None
    highest: int | None = None
    is_only: bool = False


def least_customers(n_customers: int, settings: FileSettings) -> int:
    """Return how many customers a segment has at least, 1 or more.

    Args:
        n_customers: customers of the night.
        settings: its ``min_segment_customers`` and ``min_segment_share``.
    """
    wanted = max(settings.min_segment_customers, round(settings.min_segment_share * n_customers))
    return max(1, min(wanted, n_customers // _PART_OF_FEW))


def rounded(values: Floats) -> Floats:
    """Return silhouettes in the digits that count."""
    return np.round(values, DIGITS)


def rule(smallest: Mapping[int, int], means: Floats, guards: Guards, *, is_only: bool = False) -> Ruling:
    """Return the smallest k with the highest silhouette, or with one that is lower by less than the least gain.

    Args:
        smallest: customers in the smallest segment of each k, in the order of k.
        means: mean silhouette of each k.
        guards: what a k must have.
        is_only: whether there is one k, which was asked for.
    """
    faults = _faults(smallest, guards)
    if is_only:
        return Ruling(faults, 0, 0, is_only=True)
    contending = [place for place, fault in enumerate(faults) if not fault]
    if not contending:
        return Ruling(faults)
    means = rounded(means)
    highest = max(contending, key=lambda place: means[place])  # of equal ones the first
    behind = rounded(means[highest] - means)
    best = next(place for place in contending if behind[place] == 0 or behind[place] < guards.least_gain)
    return Ruling(faults, best, highest)


def decisive_of(curve: Curve, ruling: Ruling, guards: Guards) -> list[bool | None]:
    """Return of each k whether it is beyond the error of sampling that it was not taken; of the best, of all.

    A larger k would be taken if it were ahead of the best by the least gain, a smaller one if it were
    behind the highest by less. A k that is ruled out whatever its silhouette leaves nothing open: None,
    as where one k alone was tried.
    """
    if ruling.best is None or ruling.highest is None or len(ruling.faults) == 1:
        return [None] * len(ruling.faults)
    is_larger = np.arange(len(ruling.faults)) > ruling.best
    (leads, errors), (highest_leads, highest_errors) = curve.leads(ruling.best), curve.leads(ruling.highest)
    margins = np.where(is_larger, leads + guards.least_gain, highest_leads - guards.least_gain)
    errors = np.where(is_larger, errors, highest_errors)
    is_beyond = (errors == 0) | (margins > DECISIVE * errors)
    decisive = [None if fault else bool(beyond) for fault, beyond in zip(ruling.faults, is_beyond, strict=True)]
    decisive[ruling.best] = all(own is not False for place, own in enumerate(decisive) if place != ruling.best)
    return decisive


def is_clear(curve: Curve, ruling: Ruling, guards: Guards) -> bool:
    """Return whether the best is beyond the error of sampling, or there is none, or no other."""
    return ruling.best is None or decisive_of(curve, ruling, guards)[ruling.best] is not False


def adds_too_little(added: float, k: int, guards: Guards) -> str:
    """Return in words that a larger k has so much more silhouette than ``k``, and that it is too little; or nothing."""
    if not 0 <= added < guards.least_gain:
        return ""
    amount = "nothing" if added == 0 else "less than .001" if added < 0.001 else _decimal(added)
    return f"adds {amount} to k={k}, less than " + f"{guards.least_gain:g}".removeprefix("0")


def _faults(smallest: Mapping[int, int], guards: Guards) -> tuple[str, ...]:
    small = {k: _small_segment(customers, guards) for k, customers in smallest.items()}
    silhouette_gains = {
        k: guards.nulls[k].silhouette_gain for k, fault in small.items() if not fault and k in guards.nulls
    }
    return tuple(fault or _low_gain(k, silhouette_gains, guards) for k, fault in small.items())


def _small_segment(customers: int, guards: Guards) -> str:
    if customers >= guards.least_customers:
        return ""
    words = "1 customer" if customers == 1 else f"{customers} customers"
    return f"its smallest segment has {words}, fewer than {guards.least_customers}"


def _low_gain(k: int, silhouette_gains: Mapping[int, float], guards: Guards) -> str:
    if k not in silhouette_gains:
        return ""
    top = max(silhouette_gains, key=lambda other: silhouette_gains[other])
    # Where nothing stands out from permuted columns, no k is worse than another by that.
    if silhouette_gains[top] <= 0 or silhouette_gains[k] >= guards.min_gain_share * silhouette_gains[top]:
        return ""
    own = f"only {_decimal(silhouette_gains[k])} above" if silhouette_gains[k] > 0 else "not above"
    return f"{own} permuted columns, k={top} {_decimal(silhouette_gains[top])}"


def _decimal(value: float) -> str:
    """Return a positive number as .123, cut off rather than rounded, so that it is on its side of a bound."""
    return f"{math.floor(value * 1000 + 1e-6) / 1000:.3f}".removeprefix("0")
