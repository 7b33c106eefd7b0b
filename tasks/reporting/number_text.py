"""Format numbers and lists for people: thousands separators, few decimals, percentages, "and" before the last."""

import math
from collections.abc import Sequence


def decimals_of(values: Sequence[float | None], *, digits: int) -> int:
    """Return how many decimals show the digits of the largest value; the same for all, as they are compared."""
    largest = max((abs(value) for value in values if value), default=1.0)
    return min(6, max(0, digits - 1 - math.floor(math.log10(largest))))


def number_text(value: float | None, decimals: int | None = None) -> str:
    """Return a number with thousands separators; four digits where the decimals are not given."""
    if value is None or math.isnan(value):
        return "—"
    if abs(value) >= 1e15:
        return f"{value:.3g}"
    return f"{value:,.4g}" if decimals is None and abs(value) < 1000 else f"{value:,.{decimals or 0}f}"


def percent_text(share: float | None) -> str:
    """Return a share of 0 to 1 in percent, with a decimal near both ends, where it makes the difference."""
    if share is None or math.isnan(share):
        return "—"
    if 0 < share < 0.001:
        return "<0.1%"
    return f"{share:.1%}" if 0 < share < 0.01 or 0.99 < share < 1 else f"{share:.0%}"


def joined(words: Sequence[str], last: str) -> str:
    """Return words with commas between them and ``last`` before the last one; one at least."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]


def capitalized(text: str) -> str:
    """Return a text whose first letter is a capital, the others as they are."""
    return text[:1].upper() + text[1:]
