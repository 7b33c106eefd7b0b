"""Cut a number into brackets, each a 0/1 feature, so that what is not linear in the number can be seen.

Arrays in, arrays out: no SQL, no files.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tasks.clustering.rows import Floats
from tasks.encoding.features import Feature

Codes = npt.NDArray[np.uint8]

#: Brackets of a number at most, and at the fewest; and customers that a bracket should hold.
_MOST_BRACKETS, _FEWEST_BRACKETS, _CUSTOMERS_EACH = 16, 3, 25


def cut(values: Floats, number: Feature) -> tuple[tuple[Feature, ...], Codes]:
    """Return the brackets of a number, about as many customers in each, and which one every customer is in.

    Args:
        values: as they are stored, NaN where missing, shape (n_customers,); who has none counts as
            its feature says.
        number: the feature of the number.

    Returns:
        The features, none where the number is constant, in the order of their bounds; and the place
        of each customer's among them, shape (n_customers,).
    """
    known = values[~np.isnan(values)]
    edges = _edges(known)
    if len(edges) == 0:
        return (), np.zeros(len(values), dtype=np.uint8)
    codes = np.searchsorted(edges, values, side="right").astype(np.uint8)
    imputed = int(np.searchsorted(edges, _stored(number.imputed, number), side="right"))
    codes[np.isnan(values)] = imputed
    bounds = [None, *(float(edge) for edge in edges), None]
    brackets = tuple(
        _bracket(number, bounds[place], bounds[place + 1], is_imputed=place == imputed)
        for place in range(len(edges) + 1)
    )
    return brackets, codes


def _edges(known: Floats) -> Floats:
    """Return the bounds between brackets, ascending; values from a bound on are above it."""
    if len(known) == 0:
        return known
    n_brackets = min(_MOST_BRACKETS, max(_FEWEST_BRACKETS, len(known) // _CUSTOMERS_EACH))
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
    """Return a bound in as many digits as tell it from every other, as brackets are known by their text."""
    short = f"{bound:.6g}"
    return short if float(short) == bound else repr(bound)
