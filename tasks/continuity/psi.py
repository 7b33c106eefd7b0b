"""The population stability index: how far the customers of a run have drifted from those of another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri

from tasks.reporting.number_text import number_text

Floats = npt.NDArray[np.float64]
Level = Literal["stable", "moderate", "major"]


@dataclass(frozen=True)
class PsiSettings:
    """How drift is measured and judged.

    Attributes:
        n_bins: bins of a number, at most.
        moderate: index from which drift is moderate.
        major: index above which it is major.
        false_alarms: runs without drift in which a column or item exceeds what chance is taken to explain, as a share.
    """

    n_bins: int = 10
    moderate: float = 0.1
    major: float = 0.25
    false_alarms: float = 0.001


PSI = PsiSettings()


def psi_parts(reference: npt.ArrayLike, counts: npt.ArrayLike) -> Floats:
    """Return what each bin adds to the population stability index: (a - e) * ln(a / e) of its shares then and now.

    It is the symmetric Kullback-Leibler divergence (Siddiqi 2006, Credit Risk Scorecards, section 11.1). An empty bin
    counts as half a customer, as its logarithm has no bound; one that is empty in both adds nothing.

    Args:
        reference: customers of each bin then, shape (..., n_bins).
        counts: customers of each bin now, shape (..., n_bins).
    """
    then, now = np.asarray(reference, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    expected = np.maximum(then, 0.5) / np.maximum(then.sum(axis=-1, keepdims=True), 1)
    actual = np.maximum(now, 0.5) / np.maximum(now.sum(axis=-1, keepdims=True), 1)
    parts: Floats = np.where((then == 0) & (now == 0), 0.0, (actual - expected) * np.log(actual / expected))
    return parts


def chance_psi(n_bins: int, n_reference: int, n_customers: int, n_tests: int) -> float:
    """Return the index that is expected from sampling alone at most.

    Without drift, the index is about chi2(n_bins - 1) * (1 / n_reference + 1 / n_customers) (Yurdakul 2018, Statistical
    Properties of Population Stability Index). Returned is the quantile that no column or item exceeds in all but one of
    a thousand runs (Bonferroni). In simulations it is one of a hundred, as small bins have longer tails.

    Args:
        n_bins: bins with customers.
        n_reference: customers then.
        n_customers: customers now.
        n_tests: columns and items that are tested in the run.
    """
    if n_bins < 2:
        return 0.0
    return float(chdtri(n_bins - 1, PSI.false_alarms / max(n_tests, 1))) * (1 / n_reference + 1 / n_customers)


def level_of(psi: float, chance: float) -> Level:
    """Return how far a column has drifted, by the rule of thumb of Siddiqi 2006; within chance it is stable."""
    if psi < PSI.moderate or psi <= chance:
        return "stable"
    return "moderate" if psi <= PSI.major else "major"


def upper_ends(cuts: Sequence[float]) -> list[float]:
    """Return the upper ends of a number's bins, ascending; the last bin is open.

    A frequent number at the lower end, such as 0, has a bin of its own. Where nearly all are the largest number, or all
    are the same, it has a bin between two open ones, so that any change is seen.

    Args:
        cuts: quantiles of the number, ascending, from the smallest value to the largest; none where it has no value.
    """
    if not cuts:
        return []
    largest = cuts[-1]
    return sorted({cut for cut in cuts[1:-1] if cut < largest}) or [math.nextafter(largest, -math.inf), largest]


def bin_labels(highs: Sequence[float]) -> list[str]:
    """Return the bins of a number in words, such as "over 20 to 30", by their upper ends; the last is open."""
    if not highs:
        return ["any number"]
    if len(highs) == 2 and highs[1] == math.nextafter(highs[0], math.inf):
        number = number_text(highs[1])
        return [f"below {number}", number, f"over {number}"]
    ends = [number_text(high) for high in highs]
    between = [f"over {low} to {high}" for low, high in pairwise(ends)]
    return [f"up to {ends[0]}", *between, f"over {ends[-1]}"]
