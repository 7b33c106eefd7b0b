"""Describe in words what was seen in a column, safely for a code comment whatever the cells hold."""

from collections.abc import Sequence

from warehouse.draft import Counted, Numbers

#: Characters of a cell that are shown.
_SHOWN = 24


def shown(text: str) -> str:
    """Return a cell as a comment shows it: on one line, in quotes, cut where it is long."""
    if len(text) > _SHOWN and len(set(text)) == 1:
        return f"{text[0]!r} * {len(text)}"
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")


def number(value: float) -> str:
    """Return a number as people write it: 207, not 207.0, and no more digits than tell something."""
    is_whole = value == int(value) and abs(value) < 1e15
    if is_whole or 1_000 <= abs(value) < 1e15:
        return f"{value:.0f}" if abs(value) < 10_000 else f"{value:,.0f}"  # 1984 may be a year
    return f"{value:.4g}"


def between(delimiter: str) -> str:
    """Return a delimiter as a docstring says it."""
    return {"\t": "tabs", " ": "spaces"}.get(delimiter, shown(delimiter))


def several(texts: Sequence[str]) -> str:
    """Return some texts in a row: ``a, b and c``."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def with_counts(values: Sequence[Counted], n: int) -> str:
    """Return the first values with their counts."""
    return ", ".join(f"{shown(value.text)} {value.n:,}" for value in values[:n])


def examples(values: Sequence[Counted], n: int = 3) -> str:
    """Return some values as examples."""
    return ", ".join(shown(value.text) for value in values[:n])


def spread(numbers: Numbers) -> str:
    """Return the range and the mean of a column of numbers."""
    kind = "numbers" if numbers.has_fractions else "whole numbers"
    return f"{kind} {number(numbers.lowest)} to {number(numbers.highest)}, mean {number(numbers.mean)}"
