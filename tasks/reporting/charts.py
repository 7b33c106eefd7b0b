"""The charts of the report with axes, as inline SVG: numbers in, text out, the same bytes for the same numbers."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tasks.reporting.drawing import LINE, WIDTH, Axis, AxisText, Floats, axes_svg, axis_over, room_beside, svg, text

Ints = npt.NDArray[np.int64]

#: Petroff (2021), arXiv:2107.02270: ten colors chosen for color-blind readers.
PALETTE = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip


def _polygon(corners: int, *, turned: float = 0.0, inner: float = 1.0, narrow: float = 1.0) -> str:
    """Return a mark with so many corners, the first above, every other one nearer to the middle."""
    angles = [2 * math.pi * (corner / corners + turned) for corner in range(corners)]
    radii = [3.4 * (inner if corner % 2 else 1) for corner in range(corners)]
    places = [
        f"{narrow * radius * math.sin(angle):.1f},{-radius * math.cos(angle):.1f}"
        for radius, angle in zip(radii, angles, strict=True)
    ]
    return f"M{'L'.join(places)}Z"


#: Their number and that of the colors have no common divisor, so 130 segments look different.
_MARKERS = (
    "M-3.1,0a3.1,3.1 0 1,0 6.2,0a3.1,3.1 0 1,0 -6.2,0Z",
    _polygon(4, turned=1 / 8),
    _polygon(3),
    _polygon(4),
    _polygon(3, turned=1 / 2),
    _polygon(8, inner=0.35),
    _polygon(8, inner=0.35, turned=1 / 8),
    _polygon(3, turned=3 / 4),
    _polygon(3, turned=1 / 4),
    _polygon(5),
    _polygon(6),
    _polygon(10, inner=0.45),
    _polygon(4, narrow=0.6),
)

#: From the top of a chart to the bottom of its drawing, and to that of its axes.
_CURVE_HEIGHT, _SCATTER_HEIGHT, _BELOW_AXES = 320, 460, 44

#: Segments in a line of the legend.
_LEGEND_COLUMNS = 12

#: Half a step of whole numbers, less a gap that keeps the steps apart.
_JITTER = 0.36

#: Size of a segment's number in the chart, as shares of its width and height.
_NUMBER_WIDTH, _NUMBER_HEIGHT = 0.045, 0.075


def color_of(segment_id: int) -> str:
    """Return the color of a segment, numbered from 1, as '#rrggbb'."""
    return PALETTE[(segment_id - 1) % len(PALETTE)]


def text_color_on(color: str) -> str:
    """Return black or white, whichever is easier to read on a color '#rrggbb' (WCAG 2.2, relative luminance)."""
    shares = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
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
    """Return the silhouette over k as SVG, the chosen k marked, and quieter what permuted columns give.

    Args:
        k: every k tried.
        silhouette: mean silhouette of each, -1 to 1; a k without one is left out.
        low: lower end of the 95 % interval of each; a k whose ends are equal shows none.
        high: upper end.
        chosen_k: the published k.
        null: mean silhouette of each k where the columns are permuted; a k without one is left out.
    """
    nulls = [(at, mean) for at, mean in zip(k, null, strict=False) if mean is not None]
    points = [
        (at, mean, mean - (mean if lower is None else lower), (mean if upper is None else upper) - mean)
        for at, mean, lower, upper in zip(k, silhouette, low, high, strict=True)
        if mean is not None
    ]

    drawn = np.array(points, dtype=np.float64).reshape(-1, 4)
    nulls_drawn = np.array(nulls, dtype=np.float64).reshape(-1, 2)
    at, mean, below, above = drawn.T
    up = axis_over(
        np.concatenate([mean - below, mean + above, nulls_drawn[:, 1]]), _CURVE_HEIGHT - _BELOW_AXES, 10, margin=0.2
    )
    across = axis_over(np.concatenate([at, nulls_drawn[:, 0]]), room_beside(up), WIDTH - 10, is_whole=True)
    parts = [
        axes_svg(across, up, "k (number of segments)", "silhouette"),
        _null_svg(across.at(nulls_drawn[:, 0]), up.at(nulls_drawn[:, 1])) if nulls else "",
        *(
            _interval_svg(x, float(up.at(lowest)), float(up.at(highest)))
            for x, lowest, highest in zip(across.at(at), mean - below, mean + above, strict=True)
            if highest > lowest
        ),
        _line_svg(across.at(at), up.at(mean), 3.5, f'stroke="{PALETTE[0]}" stroke-width="2.5"', PALETTE[0]),
        *(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="none" stroke="currentColor" stroke-width="1.4"/>'
            + text(x, y - 16, f"k = {chosen_k}", anchor="middle", weight="bold")
            for k_drawn, x, y in zip(at, across.at(at), up.at(mean), strict=True)
            if k_drawn == chosen_k
        ),
    ]
    beside = ", and of permuted columns" if nulls else ""
    return svg(f"Mean silhouette for each k{beside}; the chosen k is {chosen_k}", _CURVE_HEIGHT, parts)


def _line_svg(x: Floats, y: Floats, radius: float, stroke: str, fill: str) -> str:
    """Return a line through points, and a dot at each."""
    places = " ".join(f"{one:.1f},{other:.1f}" for one, other in zip(x, y, strict=True))
    dots = "".join(
        f'<circle cx="{one:.1f}" cy="{other:.1f}" r="{radius}" fill="{fill}"/>' for one, other in zip(x, y, strict=True)
    )
    return f'<polyline points="{places}" fill="none" {stroke}/>{dots}'


def _interval_svg(x: float, low: float, high: float) -> str:
    ends = "".join(f"M{x - 4:.1f},{y:.1f}h8" for y in (low, high))
    return f'<path d="M{x:.1f},{low:.1f}V{high:.1f}{ends}" stroke="currentColor" stroke-width="1.5"/>'


def _null_svg(x: Floats, y: Floats) -> str:
    """Draw what permuted columns give as a line that stands back, its name at its end."""
    dashed = 'stroke="currentColor" stroke-width="1.5" stroke-dasharray="6 3"'
    line = f'<g opacity=".5">{_line_svg(x, y, 1.8, dashed, "currentColor")}</g>'
    return line + f'<g opacity=".7">{text(x[-1], y[-1] + LINE, "columns permuted", anchor="end")}</g>'


def draw_scatter(
    x: Floats, y: Floats, segment_ids: Ints, *, x_axis: AxisText, y_axis: AxisText, random_state: int
) -> str:
    """Return customers as points colored by segment, as SVG; each segment's number stands at its medians.

    Whole numbers are moved by less than half a step, so that equal customers do not cover one another.

    Args:
        x: values in the units of their column, shape (n_points,).
        y: the same.
        segment_ids: segment of each point, from 1, shape (n_points,).
        random_state: seed of the moves.
    """
    rng = np.random.default_rng(random_state)
    moved_x, moved_y = _jittered(x, rng), _jittered(y, rng)

    ids = np.unique(segment_ids)
    legend = LINE * (2 + math.ceil(len(ids) / _LEGEND_COLUMNS))
    is_log_x, is_log_y = (axis.is_log and _span_decades(values) for axis, values in ((x_axis, x), (y_axis, y)))
    up = axis_over(moved_y, _SCATTER_HEIGHT - _BELOW_AXES, legend, is_whole=_are_whole(y), is_log=is_log_y)
    across = axis_over(moved_x, room_beside(up), WIDTH - 10, is_whole=_are_whole(x), is_log=is_log_x)
    places = across.at(moved_x), up.at(moved_y)
    parts = [
        f"<defs>{''.join(_mark_svg(number) for number in sorted({_marker_of(int(own)) for own in ids}))}</defs>",
        axes_svg(across, up, x_axis.label, y_axis.label),
        *(_points_svg(int(own), *(place[segment_ids == own] for place in places)) for own in ids),
        *_numbers_svg(across, up, x, y, segment_ids),
        *_legend_svg(ids),
    ]
    label = f"{len(x)} customers: {x_axis.label} against {y_axis.label}, colored by segment"
    return svg(label, _SCATTER_HEIGHT, parts)


def _marker_of(segment_id: int) -> int:
    return (segment_id - 1) % len(_MARKERS)


def _mark_svg(number: int) -> str:
    return f'<path id="mark{number}" d="{_MARKERS[number]}"/>'


def _points_svg(segment_id: int, x: Floats, y: Floats) -> str:
    """Say the style of many equal marks once, and their places to a tenth of a unit."""
    mark = f'<use href="#mark{_marker_of(segment_id)}"'
    uses = "".join(f'{mark} x="{one:.1f}" y="{other:.1f}"/>' for one, other in zip(x, y, strict=True))
    return f'<g fill="{color_of(segment_id)}" stroke="currentColor" stroke-width=".4" opacity=".75">{uses}</g>'


def _legend_svg(ids: Ints) -> list[str]:
    """Return the mark of each segment beside its number; above the axes, where no point is covered."""
    parts = [text(WIDTH / 2, 12, "segment", anchor="middle")]
    columns = min(len(ids), _LEGEND_COLUMNS)
    for place, segment_id in enumerate(ids):
        row, column = divmod(place, _LEGEND_COLUMNS)
        x, y = WIDTH / 2 + 44 * (column - columns / 2), LINE * (row + 1) + 12
        parts += [_points_svg(int(segment_id), np.array([x + 10]), np.array([y - 4])), text(x + 18, y, str(segment_id))]
    return parts


def _numbers_svg(across: Axis, up: Axis, x: Floats, y: Floats, segment_ids: Ints) -> list[str]:
    """Write each segment's number at the medians of its points, moved aside where two would meet."""
    ids = np.unique(segment_ids)
    medians = np.array([(np.median(x[segment_ids == own]), np.median(y[segment_ids == own])) for own in ids])
    shares = np.column_stack(
        [replace(axis, start=0, end=1).at(part) for axis, part in zip((across, up), medians.T, strict=True)]
    )
    parts = []
    for segment_id, (right, above) in zip(ids, _apart(shares), strict=True):
        color, number = color_of(int(segment_id)), str(segment_id)
        at_x, at_y = across.start + (across.end - across.start) * right, up.start + (up.end - up.start) * above
        parts.append(
            f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="{6 + 3 * len(number):g}" fill="{color}" '
            f'stroke="currentColor"/>'
            + text(at_x, at_y + 4.5, number, anchor="middle", weight="bold", fill=text_color_on(color))
        )
    return parts


def _apart(places: Floats) -> list[tuple[float, float]]:
    """Return places on the unit square moved up or down in steps until none covers an earlier one."""
    taken: list[tuple[float, float]] = []
    steps = [0, *(sign * step for step in range(1, len(places) + 1) for sign in (1, -1))]
    for across, up in places:
        candidates = [(float(across), float(up) + step * _NUMBER_HEIGHT) for step in steps]
        free = (place for place in candidates if 0.03 < place[1] < 0.97 and not _covers_any(place, taken))
        taken.append(next(free, candidates[0]))
    return taken


def _covers_any(place: tuple[float, float], taken: Sequence[tuple[float, float]]) -> bool:
    return any(
        abs(place[0] - across) < _NUMBER_WIDTH and abs(place[1] - up) < _NUMBER_HEIGHT * 0.99 for across, up in taken
    )


def _jittered(values: Floats, rng: np.random.Generator) -> Floats:
    moves = rng.uniform(-_JITTER, _JITTER, len(values))
    return values + moves if _are_whole(values) else values


def _are_whole(values: Floats) -> bool:
    return bool(np.all(values == np.round(values)))


def _span_decades(values: Floats) -> bool:
    """Return whether a logarithmic axis would have at least two of its ticks."""
    sizes = np.abs(values)
    return bool(sizes.max() >= 100 * max(1.0, sizes.min()))
