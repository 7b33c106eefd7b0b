"""What all charts are drawn with: text, the frame of an SVG element, and axes with ticks at round numbers.

The color of the ink is that of the page's text, light or dark.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.shown import shown_in_html

Floats = npt.NDArray[np.float64]

#: Units of the drawing, about pixels on a wide screen; from one line of text to the next; and of a digit.
WIDTH, LINE, DIGIT = 720, 16, 7.5

#: Between two ticks there are as many units at least.
_TICK_WIDTH, _TICK_HEIGHT = 70, 30


@dataclass(frozen=True)
class AxisText:
    """What stands along an axis, and whether the axis is logarithmic where the values span decades."""

    label: str
    is_log: bool = False


@dataclass(frozen=True)
class Axis:
    """Where the values between two ends are drawn.

    Attributes:
        low: lowest value, where it is linear, else its logarithm.
        high: highest value.
        start: place of the lowest value.
        end: place of the highest value; below the start where the axis goes up.
        ticks: values that are written beside it.
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    is_log: bool = False

    def at(self, values: Floats) -> Floats:
        """Return the places of values."""
        scaled = _logarithms(values) if self.is_log else values
        return self.start + (self.end - self.start) * ((scaled - self.low) / (self.high - self.low))

    def marks(self) -> list[tuple[float, str]]:
        """Return the place and the number of each tick."""
        return [
            (float(place), f"{tick:,g}") for place, tick in zip(self.at(np.array(self.ticks)), self.ticks, strict=True)
        ]


def axis_over(
    values: Floats, start: float, end: float, *, margin: float = 0.05, is_whole: bool = False, is_log: bool = False
) -> Axis:
    """Return an axis of all values, with a share of its length free at both ends; ticks of whole numbers are whole."""
    scaled = _logarithms(values) if is_log else values
    low, high = float(scaled.min()), float(scaled.max())
    free = margin * (high - low) or max(1.0, abs(low)) * margin
    low, high = low - free, high + free
    most = abs(end - start) / (_TICK_WIDTH if end > start else _TICK_HEIGHT)
    if is_log:
        return Axis(low, high, start, end, _decades(low, high, most), is_log=True)
    return Axis(low, high, start, end, _round_ticks(low, high, most, is_whole=is_whole))


def axes_svg(across: Axis, up: Axis, x_label: str, y_label: str) -> str:
    """Return two axes with their ticks, a grid and their labels."""
    left, right, bottom, top = across.start, across.end, up.start, up.end
    grid = [f"M{x:.1f},{bottom:g}V{top:g}" for x, _ in across.marks()]
    grid += [f"M{left:g},{y:.1f}H{right:g}" for y, _ in up.marks()]
    middle = (bottom + top) / 2
    return "".join(
        [
            f'<path d="{"".join(grid)}" stroke="currentColor" opacity=".15"/>',
            f'<path d="M{left:g},{top:g}V{bottom:g}H{right:g}" fill="none" stroke="currentColor"/>',
            *(text(x, bottom + LINE, number, anchor="middle") for x, number in across.marks()),
            *(text(left - 6, y + 4, number, anchor="end") for y, number in up.marks()),
            text((left + right) / 2, bottom + 2.3 * LINE, x_label, anchor="middle"),
            f'<g transform="rotate(-90 14 {middle:g})">{text(14, middle, y_label, anchor="middle")}</g>',
        ]
    )


def room_beside(up: Axis) -> float:
    """Return where the other axis begins, right of the numbers and the label of one that goes up."""
    return 28 + DIGIT * max((len(number) for _, number in up.marks()), default=0)


def text(
    x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal", fill: str = "currentColor"
) -> str:
    """Return words at a place; whatever is in them is text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{fill}">{shown_in_html(words)}</text>'
    )


def svg(label: str, height: float, parts: Sequence[str]) -> str:
    """Return a drawing that can stand in a page beside others; its label says what is in it."""
    drawn = "".join(parts)
    return f'<svg role="img" aria-label="{shown_in_html(label)}" viewBox="0 0 {WIDTH} {height:.0f}">{drawn}</svg>'


def _logarithms(values: Floats) -> Floats:
    """Return the logarithms of values, and of negative ones and 0 what continues them."""
    return np.asarray(np.sign(values) * np.log10(1 + np.abs(values)), dtype=np.float64)


def _decades(low: float, high: float, most: float) -> tuple[float, ...]:
    """Return 0 and powers of ten, of either sign, between two logarithms, about as many as fit."""
    step = math.ceil((high - low) / most)
    first = step if low < 0 < high else 0  # 1 stands too near to 0
    powers = [10.0**power for power in range(first, math.ceil(max(-low, high)) + 1, step)]
    every = np.array([*(-power for power in reversed(powers)), 0.0, *powers])
    inside = (_logarithms(every) >= low) & (_logarithms(every) <= high)
    return tuple(every[inside].tolist())


def _round_ticks(low: float, high: float, most: float, *, is_whole: bool) -> tuple[float, ...]:
    """Return the multiples of 1, 2, 2.5 or 5 times a power of ten between two ends, as many as fit."""
    least = (high - low) / max(2.0, most)
    power = 10.0 ** math.floor(math.log10(least))
    steps = [step * power for step in (1, 2, 2.5, 5, 10, 20, 25, 50, 100)]
    step = next((step for step in steps if step >= least and not (is_whole and step % 1)), 1.0)
    first, last = math.ceil(low / step), math.floor(high / step)
    return tuple(number * step for number in range(first, last + 1))
