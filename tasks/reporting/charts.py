"""The charts of the report as inline SVG: numbers in, text out, the same bytes for the same numbers."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Petroff (2021), arXiv:2107.02270: ten colors chosen for color-blind readers.
PALETTE = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip

#: Outlines of the markers: circle, square, triangle, diamond and so on. Their number and that of the colors are
#: coprime, so 130 segments look different.
_MARKERS = (
    "M-2.2 0a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0z",
    "M-2-2h4v4h-4z",
    "M0-2.4L2.3 2H-2.3z",
    "M0-2.9L2.9 0L0 2.9L-2.9 0z",
    "M0 2.4L2.3-2H-2.3z",
    "M-.8-2.4H.8V-.8H2.4V.8H.8V2.4H-.8V.8H-2.4V-.8H-.8z",
    "M-1.1-2.3L0-1.2L1.1-2.3L2.3-1.1L1.2 0L2.3 1.1L1.1 2.3L0 1.2L-1.1 2.3L-2.3 1.1L-1.2 0L-2.3-1.1z",
    "M-2.4 0L2-2.3V2.3z",
    "M2.4 0L-2-2.3V2.3z",
    "M0-2.4L2.3-.7L1.4 1.9H-1.4L-2.3-.7z",
    "M0-2.4L2.1-1.2V1.2L0 2.4L-2.1 1.2V-1.2z",
    "M0-2.8L.7-.9L2.7-.8L1.1 .4L1.7 2.3L0 1.2L-1.7 2.3L-1.1 .4L-2.7-.8L-.7-.9z",
    "M0-3L1.8 0L0 3L-1.8 0z",
)


@dataclass(frozen=True)
class ChartSizes:
    """Sizes in the charts, in points unless another unit is named.

    Attributes:
        curve: width and height of the curve over k; as wide as the text of the report.
        scatter: width and height of the scatter plot.
        digit: width of a digit.
        line: height of a line of text.
        legend_columns: numbers in a row of the legend.
        legend_step: width of each of them.
        margin: share of an axis that stays free at either end.
        jitter: shift of whole numbers at most: half a step less a gap between the steps.
        number_width: of a segment's number, as a share of the chart.
        number_height: the same.
    """

    curve: tuple[int, int] = (518, 230)
    scatter: tuple[int, int] = (518, 331)
    digit: float = 6.4
    line: int = 14
    legend_columns: int = 12
    legend_step: int = 32
    margin: float = 0.05
    jitter: float = 0.36
    number_width: float = 0.045
    number_height: float = 0.075


SIZES = ChartSizes()


@dataclass(frozen=True)
class AxisText:
    """The label of an axis, and whether it is logarithmic where the values span decades."""

    label: str
    is_log: bool = False


def color_of(segment_id: int) -> str:
    """Return the color of a segment, numbered from 1, as '#rrggbb'."""
    return PALETTE[(segment_id - 1) % len(PALETTE)]


def text_color_on(color: str) -> str:
    """Return black or white, whichever is easier to read on a color '#rrggbb' (WCAG 2.2, relative luminance)."""
    shares = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (luminance + 0.05) ** 2 > 0.05 * 1.05 else "#ffffff"


def draw_silhouette_curve(
    k: Sequence[int],
    silhouette: Sequence[float | None],
    low: Sequence[float | None],
    high: Sequence[float | None],
    *,
    chosen_k: int,
    null: Sequence[float | None] = (),
) -> str:
    """Return the silhouette over k as SVG, with the chosen k marked and the null model in the background.

    Args:
        k: every k tried.
        silhouette: mean silhouette of each, -1 to 1; a k without one is left out.
        low: lower end of the 95 % interval of each; a k whose ends are equal shows none.
        high: upper end.
        chosen_k: the published k.
        null: mean silhouette of each k in the null model; a k without one is left out.
    """
    points = [
        (at, mean, mean if lower is None else lower, mean if upper is None else upper)
        for at, mean, lower, upper in zip(k, silhouette, low, high, strict=True)
        if mean is not None
    ]
    nulls = [(at, mean) for at, mean in zip(k, null, strict=False) if mean is not None]
    across, *up = np.array(points, dtype=np.float64).reshape(-1, 4).T
    seen = np.concatenate([*up, [mean for _, mean in nulls]])
    frame = _Frame.of(
        SIZES.curve,
        _Scale.of(np.concatenate([across, [at for at, _ in nulls]]), is_whole=True),
        _Scale.of(seen, margin=5 * SIZES.margin),
    )

    def paint() -> Iterator[str]:
        line = [frame.position(at, mean) for at, mean, _, _ in points]
        yield _polyline(line, f"stroke: {PALETTE[0]}; stroke-width: 1.8")
        for x, y in line:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" style="fill: {PALETTE[0]}"/>'
        for at, _, lower, upper in points:
            if upper > lower:
                (x, bottom), (_, top) = frame.position(at, lower), frame.position(at, upper)
                path = f"M{x - 3:.1f} {bottom:.1f}h6m-3 0V{top:.1f}m-3 0h6"
                yield f'<path d="{path}" style="fill: none; stroke: currentColor; stroke-width: 1.5"/>'
        for x, y in [position for position, point in zip(line, points, strict=True) if point[0] == chosen_k]:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6.5" style="fill: none; stroke: currentColor"/>'
            yield _text(x, y - 12, f"k = {chosen_k}", "text-anchor: middle; font-weight: bold")
        if nulls:
            background = [frame.position(at, mean) for at, mean in nulls]
            yield _polyline(background, "stroke: currentColor; stroke-width: 1.1; stroke-dasharray: 4 2; opacity: 0.5")
            x, y = background[-1]
            yield _text(x, y + 16, "null model", "text-anchor: end; font-size: 8px; opacity: 0.7")

    beside = ", and of the null model" if nulls else ""
    label = f"Mean silhouette for each k{beside}; the chosen k is {chosen_k}"
    return _drawn(label, frame, paint, AxisText("k (number of segments)"), AxisText("silhouette"))


def draw_scatter(
    x: Floats, y: Floats, segment_ids: Ints, *, x_axis: AxisText, y_axis: AxisText, random_state: int
) -> str:
    """Return customers as points colored by segment, as SVG, with each segment's number at its medians.

    Whole numbers are jittered by less than half a step, so that equal customers do not overlap.

    Args:
        x: values in the units of their column, shape (n_points,).
        y: the same.
        segment_ids: segment of each point, from 1, shape (n_points,).
        random_state: seed of the jitter.
    """
    rng = np.random.default_rng(random_state)
    moved_x, moved_y = _jittered(x, rng), _jittered(y, rng)
    x_scale, y_scale = (
        _Scale.of(moved, is_whole=_are_whole(values), is_log=axis.is_log and _span_decades(values))
        for values, moved, axis in ((x, moved_x, x_axis), (y, moved_y, y_axis))
    )
    ids = [int(own) for own in np.unique(segment_ids)]
    rows = math.ceil(len(ids) / SIZES.legend_columns)
    frame = _Frame.of(SIZES.scatter, x_scale, y_scale, above=(rows + 1) * SIZES.line)

    def paint() -> Iterator[str]:
        used = {(own - 1) % len(_MARKERS) for own in ids}
        outlines = "".join(f'<path id="marker_{number}" d="{_MARKERS[number]}"/>' for number in sorted(used))
        yield f"<defs>{outlines}</defs>"
        for own in ids:
            positions = frame.positions(moved_x[segment_ids == own], moved_y[segment_ids == own])
            yield _markers(own, [*positions, _legend_position(frame, ids, own)])
        yield _text(frame.width / 2, 11, "segment", "text-anchor: middle")
        for own in ids:
            across, up = _legend_position(frame, ids, own)
            yield _text(across + 7, up + 3.5, str(own))
        yield from _numbers(frame, x, y, segment_ids, ids)

    label = f"{len(x)} customers: {y_axis.label} by {x_axis.label}, colored by segment"
    return _drawn(label, frame, paint, x_axis, y_axis)


@dataclass(frozen=True)
class _Scale:
    """Values along an axis: from where to where they are drawn, and at which the axis has a tick."""

    low: float
    high: float
    ticks: tuple[float, ...]
    is_log: bool = False

    @classmethod
    def of(
        cls, values: Floats, *, is_whole: bool = False, is_log: bool = False, margin: float = SIZES.margin
    ) -> "_Scale":
        """Return the scale that shows all values, with some room at either end."""
        stretched = _stretched(values) if is_log else values
        low, high = (float(end) for end in (stretched.min(initial=np.inf), stretched.max(initial=-np.inf)))
        if not low < high:  # one value, or none
            low, high = (low - 0.5, high + 0.5) if low == high else (0.0, 1.0)
        room = margin * (high - low)
        low, high = low - room, high + room
        ticks = _decades(low, high) if is_log else _ticks(low, high, is_whole=is_whole)
        return cls(low, high, ticks, is_log)

    def shares(self, values: Floats) -> Floats:
        """Return where values are along the axis, 0 to 1."""
        stretched = _stretched(values) if self.is_log else values
        return (stretched - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class _Frame:
    """The axes on the page, in points from its upper left."""

    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float
    x: _Scale
    y: _Scale

    @classmethod
    def of(cls, size: tuple[float, float], x: _Scale, y: _Scale, above: float = 0.0) -> "_Frame":
        """Return axes that leave room for the labels beside and above them."""
        width, height = size
        digits = max((len(_number(tick)) for tick in y.ticks), default=1)
        return cls(width, height, 26 + digits * SIZES.digit, above + 8, width - 8, height - 36, x, y)

    def positions(self, x: Floats, y: Floats) -> list[tuple[float, float]]:
        """Return where values are on the page."""
        across = self.left + self.x.shares(x) * (self.right - self.left)
        up = self.bottom - self.y.shares(y) * (self.bottom - self.top)
        return list(zip(across.tolist(), up.tolist(), strict=True))

    def position(self, x: float, y: float) -> tuple[float, float]:
        """Return where one pair of values is on the page."""
        return self.positions(np.array([x]), np.array([y]))[0]


def _stretched(values: Floats) -> Floats:
    """Return values as a logarithmic axis has them: decades are equally far apart, and it is straight around 0."""
    sizes = np.abs(values)
    return np.sign(values) * np.where(sizes < 1, sizes, 1 + np.log10(np.maximum(sizes, 1)))


def _decades(low: float, high: float) -> tuple[float, ...]:
    """Return 0 and the powers of ten with either sign that are within stretched limits."""
    powers = [10.0**power for power in range(math.ceil(max(abs(low), abs(high))) + 1)]
    every = np.array([*(-power for power in reversed(powers)), 0.0, *powers])
    stretched = _stretched(every)
    return tuple(every[(stretched >= low) & (stretched <= high)].tolist())


def _ticks(low: float, high: float, *, is_whole: bool) -> tuple[float, ...]:
    """Return at most nine round numbers within limits, equally far apart."""
    unit = 10.0 ** math.floor(math.log10((high - low) / 9))
    steps = (unit * scale * step for scale in (1, 10, 100) for step in (1, 2, 2.5, 5))
    step = next(step for step in steps if (high - low) / step <= 9 and not (is_whole and step % 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(number * step, 12) + 0.0 for number in range(first, last + 1))


def _number(value: float) -> str:
    return f"{value:,g}"


def _drawn(label: str, frame: _Frame, paint: Callable[[], Iterator[str]], x_axis: AxisText, y_axis: AxisText) -> str:
    """Return the axes and what is painted in them as an element of a page."""
    head = f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {frame.width:g} {frame.height:g}"'
    style = 'style="font-size: 10px; fill: currentColor"'
    return "\n".join([f"{head} {style}>", *_axes(frame, x_axis, y_axis), *paint(), "</svg>"])


def _axes(frame: _Frame, x_axis: AxisText, y_axis: AxisText) -> Iterator[str]:
    left, top, right, bottom = frame.left, frame.top, frame.right, frame.bottom
    across = [position for position, _ in frame.positions(np.array(frame.x.ticks), np.full(len(frame.x.ticks), np.nan))]
    up = [position for _, position in frame.positions(np.full(len(frame.y.ticks), np.nan), np.array(frame.y.ticks))]
    grid = "".join([f"M{at:.1f} {bottom}V{top}" for at in across] + [f"M{left:.1f} {at:.1f}H{right}" for at in up])
    yield f'<path d="{grid}" style="stroke: currentColor; stroke-width: 0.8; opacity: 0.15"/>'
    ticks = "".join([f"M{at:.1f} {bottom}v3.5" for at in across] + [f"M{left:.1f} {at:.1f}h-3.5" for at in up])
    ends = f"M{left:.1f} {top}V{bottom}H{right}"
    yield f'<path d="{ends}{ticks}" style="fill: none; stroke: currentColor; stroke-width: 0.8"/>'
    for at, tick in zip(across, frame.x.ticks, strict=True):
        yield _text(at, bottom + 14, _number(tick), "text-anchor: middle")
    for at, tick in zip(up, frame.y.ticks, strict=True):
        yield _text(left - 6, at + 3.5, _number(tick), "text-anchor: end")
    yield _text((left + right) / 2, bottom + 30, x_axis.label, "text-anchor: middle")
    middle = (top + bottom) / 2
    yield _text(12, middle, y_axis.label, "text-anchor: middle", f' transform="rotate(-90 12 {middle:.1f})"')


def _text(x: float, y: float, text: str, style: str = "", more: str = "") -> str:
    styled = f' style="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{styled}{more}>{escape(text)}</text>'


def _polyline(positions: Sequence[tuple[float, float]], style: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in positions)
    return f'<polyline points="{points}" style="fill: none; {style}"/>'


def _markers(segment_id: int, positions: Sequence[tuple[float, float]]) -> str:
    marker = (segment_id - 1) % len(_MARKERS)
    uses = "".join(f'<use href="#marker_{marker}" x="{x:.1f}" y="{y:.1f}"/>' for x, y in positions)
    style = "stroke: currentColor; stroke-width: 0.3; fill-opacity: 0.75; stroke-opacity: 0.75"
    return f'<g style="fill: {color_of(segment_id)}; {style}">{uses}</g>'


def _legend_position(frame: _Frame, ids: Sequence[int], segment_id: int) -> tuple[float, float]:
    """Return the position of a segment in the legend, above the axes."""
    row, column = divmod(ids.index(segment_id), SIZES.legend_columns)
    n_columns = min(len(ids), SIZES.legend_columns)
    return frame.width / 2 + (column - n_columns / 2 + 0.3) * SIZES.legend_step, 11 + (row + 0.75) * SIZES.line


def _numbers(frame: _Frame, x: Floats, y: Floats, segment_ids: Ints, ids: Sequence[int]) -> Iterator[str]:
    """Write each segment's number at the medians of its points, moved aside where two would meet."""
    medians = np.array([(np.median(x[segment_ids == own]), np.median(y[segment_ids == own])) for own in ids])
    x_medians, y_medians = medians.reshape(-1, 2).T
    shares = np.column_stack([frame.x.shares(x_medians), frame.y.shares(y_medians)])
    for own, (across, up) in zip(ids, _apart(shares), strict=True):
        at_x = frame.left + across * (frame.right - frame.left)
        at_y = frame.bottom - up * (frame.bottom - frame.top)
        color = color_of(own)
        yield (
            f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="{5 + 2.5 * len(str(own)):g}" '
            f'style="fill: {color}; stroke: currentColor; stroke-width: 0.8"/>'
        )
        style = f"text-anchor: middle; font-weight: bold; fill: {text_color_on(color)}"
        yield _text(at_x, at_y + 3.5, str(own), style)


def _apart(positions: Floats) -> list[tuple[float, float]]:
    """Return positions on the unit square moved up or down in steps until none covers an earlier one."""
    placed: list[tuple[float, float]] = []
    steps = [0, *(sign * step for step in range(1, len(positions) + 1) for sign in (1, -1))]
    for across, up in positions:
        candidates = [(float(across), float(up) + step * SIZES.number_height) for step in steps]
        free = (position for position in candidates if 0.03 < position[1] < 0.97 and not _covers_any(position, placed))
        placed.append(next(free, candidates[0]))
    return placed


def _covers_any(position: tuple[float, float], placed: Sequence[tuple[float, float]]) -> bool:
    return any(
        abs(position[0] - across) < SIZES.number_width and abs(position[1] - up) < SIZES.number_height * 0.99
        for across, up in placed
    )


def _jittered(values: Floats, rng: np.random.Generator) -> Floats:
    moves = rng.uniform(-SIZES.jitter, SIZES.jitter, len(values))
    return values + moves if _are_whole(values) else values


def _are_whole(values: Floats) -> bool:
    return bool(np.all(values == np.round(values)))


def _span_decades(values: Floats) -> bool:
    """Return whether a logarithmic axis would have at least two of its ticks."""
    sizes = np.abs(values)
    return bool(sizes.max() >= 100 * max(1.0, sizes.min()))
