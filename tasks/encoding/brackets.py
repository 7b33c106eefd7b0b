"""Bin a number into brackets, each a binary feature, which shows non-linear relations.

Arrays in, arrays out: no SQL, no files.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tasks.clustering.rows import Floats
from tasks.encoding.features import Feature

Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class BracketSettings:
    """How many brackets a number has.

    Attributes:
        max_brackets: more would each have too few customers to vary together with anything.
        min_brackets: what goes up and down again takes three.
        customers_each: customers that a bracket should hold, for its share to mean something.
    """

    max_brackets: int = 16
    min_brackets: int = 3
    customers_each: int = 25


SETTINGS = BracketSettings()


def brackets_of(values: Floats, number: Feature) -> tuple[Feature, ...]:
    """Return the brackets of a number, about as many customers in each, in the order of their bounds.

    Args:
        values: as they are stored, NaN where missing, shape (n_customers,).
        number: the feature of the number; none where it is constant.
    """
    edges = _edges(values[~np.isnan(values)])
    if len(edges) == 0:
        return ()
    imputed = int(np.searchsorted(edges, _stored(number.imputed, number), side="right"))
    bounds = [None, *(float(edge) for edge in edges), None]
    return tuple(
        _bracket(number, bounds[index], bounds[index + 1], is_imputed=index == imputed)
        for index in range(len(edges) + 1)
    )


def codes_in(values: Floats, brackets: Sequence[Feature]) -> Codes:
    """Return the index of the bracket of each value, shape (n_customers,); a missing one is in the imputed bracket.

    Args:
        values: as they are stored, NaN where missing, shape (n_customers,).
        brackets: of the number, in the order of their bounds; none where it is constant.
    """
    if not brackets:
        return np.zeros(len(values), dtype=np.uint8)
    edges = np.array([bracket.clip_low for bracket in brackets[1:]], dtype=np.float64)
    codes = np.searchsorted(edges, values, side="right").astype(np.uint8)
    codes[np.isnan(values)] = next(index for index, bracket in enumerate(brackets) if bracket.imputed)
    return codes


def _edges(known: Floats) -> Floats:
    """Return the bounds between brackets, ascending; values from a bound on are above it."""
    if len(known) == 0:
        return known
    wanted = max(SETTINGS.min_brackets, len(known) // SETTINGS.customers_each)
    n_brackets = min(SETTINGS.max_brackets, wanted)
    shares = np.arange(1, n_brackets) / n_brackets
    edges: Floats = np.unique(np.quantile(known, shares, method="inverted_cdf"))
    above: Floats = edges[edges > known.min()]
    return above


def _stored(x: float, number: Feature) -> float:
    """Return the stored value that is encoded as x."""
    return float(np.sign(x) * np.expm1(abs(x))) if number.is_log else x


def _bracket(number: Feature, low: float | None, high: float | None, *, is_imputed: bool) -> Feature:
    text = _in_words(low, high)
    return replace(
        number,
        feature=f"{number.source_column}={text}",
        encoding="bracket",
        value=text,
        grouped_values=None,
        center=0.0,
        scale=1.0,
        is_log=False,
        clip_low=low,
        clip_high=high,
        imputed=float(is_imputed),
    )


def _in_words(low: float | None, high: float | None) -> str:
    if low is None:
        return f"under {_digits(high)}"
    return f"{_digits(low)} or more" if high is None else f"{_digits(low)} to {_digits(high)}"


def _digits(bound: float | None) -> str:
    """Return a bound in as many digits as it takes to be unique, as its text identifies a bracket."""
    short = f"{bound:.6g}"
    return short if float(short) == bound else repr(bound)
