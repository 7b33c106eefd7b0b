"""The rule that chooses k: which k are eligible, which of them wins, and the reasons in words.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from schemas.file_settings import FileSettings
from tasks.clustering.rows import Floats
from tasks.clustering.silhouette_curve import DECISIVE, Curve

#: Digits of a silhouette that are published and compared; the rest is rounding error of sums.
DIGITS = 9

#: Of few customers a segment may have one in so many, whatever the settings say.
_FEW_CUSTOMERS = 4


@dataclass(frozen=True)
class NullScore:
    """The silhouette of a k compared with a null model, on a sample of the customers.

    Attributes:
        null_silhouette: its mean silhouette in the null model, such as permuted columns.
        silhouette_gain: silhouette of the sample less that.
        population_silhouette: its mean silhouette in one population; None where that was not tried.
        population_gain: silhouette of the sample less that.
    """

    null_silhouette: float
    silhouette_gain: float
    population_silhouette: float | None = None
    population_gain: float | None = None


@dataclass(frozen=True)
class Guards:
    """What a k needs to be eligible; the defaults ask for nothing.

    Attributes:
        min_customers: customers of its smallest segment.
        min_improvement: silhouette above that of a smaller eligible k.
        min_gain_share: silhouette gain, as a share of the highest one among those whose segments are large enough.
        nulls: scores of the null model, by k; a k that is missing is not judged by its gain.
    """

    min_customers: int = 1
    min_improvement: float = 0.0
    min_gain_share: float = 0.0
    nulls: Mapping[int, NullScore] = field(default_factory=dict)


@dataclass(frozen=True)
class Ruling:
    """Which k is chosen, by its index among those tried.

    Attributes:
        faults: why each is ruled out whatever its silhouette, in words; empty where it is not.
        best: the one to publish; None where all are ruled out.
        highest: the one with the highest silhouette: not the best if it adds too little to that.
        is_only: whether it was the only k asked for, and so is chosen whatever its fault.
    """

    faults: tuple[str, ...]
    best: int | None = None
    highest: int | None = None
    is_only: bool = False


def min_customers(n_customers: int, settings: FileSettings) -> int:
    """Return the minimum customers of a segment, 1 or more.

    Args:
        n_customers: customers of the run.
        settings: its ``min_segment_customers`` and ``min_segment_share``.
    """
    wanted = max(settings.min_segment_customers, round(settings.min_segment_share * n_customers))
    return max(1, min(wanted, n_customers // _FEW_CUSTOMERS))


def rounded(values: Floats) -> Floats:
    """Return silhouettes in the digits that count."""
    return np.round(values, DIGITS)


def rule(smallest: Mapping[int, int], means: Floats, guards: Guards, *, is_only: bool = False) -> Ruling:
    """Return the smallest k with the highest silhouette, or with one that is lower by less than ``min_improvement``.

    Args:
        smallest: customers in the smallest segment of each k, in the order of k.
        means: mean silhouette of each k.
        guards: what a k needs.
        is_only: whether one k alone was asked for.
    """
    faults = _faults(smallest, guards)
    if is_only:
        return Ruling(faults, 0, 0, is_only=True)
    eligible = [index for index, fault in enumerate(faults) if not fault]
    if not eligible:
        return Ruling(faults)
    means = rounded(means)
    highest = max(eligible, key=lambda index: means[index])  # of equal ones the first
    behind = rounded(means[highest] - means)
    best = next(index for index in eligible if behind[index] == 0 or behind[index] < guards.min_improvement)
    return Ruling(faults, best, highest)


def decisive_of(curve: Curve, ruling: Ruling, guards: Guards) -> list[bool | None]:
    """Return of each k whether it was rejected beyond sampling error; of the best, whether all others were.

    A larger k would be chosen if it led the best by ``min_improvement``, a smaller one if it were behind the
    highest by less. None where a k is ruled out whatever its silhouette, and where one k alone was tried.
    """
    if ruling.best is None or ruling.highest is None or len(ruling.faults) == 1:
        return [None] * len(ruling.faults)
    is_larger = np.arange(len(ruling.faults)) > ruling.best
    (leads, errors), (highest_leads, highest_errors) = curve.leads(ruling.best), curve.leads(ruling.highest)
    margins = np.where(is_larger, leads + guards.min_improvement, highest_leads - guards.min_improvement)
    errors = np.where(is_larger, errors, highest_errors)
    is_beyond = (errors == 0) | (margins > DECISIVE * errors)
    decisive = [None if fault else bool(beyond) for fault, beyond in zip(ruling.faults, is_beyond, strict=True)]
    decisive[ruling.best] = all(own is not False for index, own in enumerate(decisive) if index != ruling.best)
    return decisive


def is_clear(curve: Curve, ruling: Ruling, guards: Guards) -> bool:
    """Return whether the best leads beyond sampling error, or there is none, or no other."""
    return ruling.best is None or decisive_of(curve, ruling, guards)[ruling.best] is not False


def adds_too_little(added: float, k: int, guards: Guards) -> str:
    """Return in words that a larger k adds too little silhouette to ``k``; empty where it does not."""
    if not 0 <= added < guards.min_improvement:
        return ""
    amount = "nothing" if added == 0 else "less than .001" if added < 0.001 else _decimal(added)
    return f"adds {amount} to k={k}, less than " + f"{guards.min_improvement:g}".removeprefix("0")


def _faults(smallest: Mapping[int, int], guards: Guards) -> tuple[str, ...]:
    small = {k: _small_segment(customers, guards) for k, customers in smallest.items()}
    gains = {k: guards.nulls[k].silhouette_gain for k, fault in small.items() if not fault and k in guards.nulls}
    return tuple(fault or _low_gain(k, gains, guards) for k, fault in small.items())


def _small_segment(customers: int, guards: Guards) -> str:
    if customers >= guards.min_customers:
        return ""
    words = "1 customer" if customers == 1 else f"{customers} customers"
    return f"its smallest segment has {words}, fewer than {guards.min_customers}"


def _low_gain(k: int, gains: Mapping[int, float], guards: Guards) -> str:
    if k not in gains:
        return ""
    top = max(gains, key=lambda other: gains[other])
    # Where no k gains over the null model, the gains rank nothing.
    if not guards.min_gain_share or gains[top] <= 0 or gains[k] >= guards.min_gain_share * gains[top]:
        return ""
    if gains[k] <= 0:
        return "it gains nothing over permuted columns"
    return f"its gain is below {guards.min_gain_share:.0%} of that of k={top}"


def _decimal(value: float) -> str:
    """Return a positive number as .123, truncated, so that it stays on its side of a bound."""
    return f"{math.floor(value * 1000 + 1e-6) / 1000:.3f}".removeprefix("0")
