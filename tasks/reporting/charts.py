"""The charts of the report as inline SVG: numbers in, text out, the same bytes for the same numbers."""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from schemas.shown import shown_in_html

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Petroff (2021), arXiv:2107.02270: ten colors chosen for color-blind readers.
PALETTE = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip

#: Their number and that of the colors have no common divisor, so 130 segments look different.
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h", "*", "d")

#: Stands for the color of the page's text, whether the page is light or dark.
_INK = "#010203"

_CHART_INCHES = (7.2, 3.2)
_SCATTER_INCHES = (7.2, 4.6)

#: Half a step of whole numbers, less a gap that keeps the steps apart.
_JITTER = 0.36

#: Size of a segment's number in the chart, as shares of its width and height.
_NUMBER_WIDTH, _NUMBER_HEIGHT = 0.045, 0.075


@dataclass(frozen=True)
class AxisText:
    """What stands along an axis, and whether the axis is logarithmic where the values span decades."""

    label: str
    is_log: bool = False


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

    def paint(axes: "Axes") -> None:
        at, mean, below, above = np.array(points, dtype=np.float64).reshape(-1, 4).T
        axes.plot(at, mean, color=PALETTE[0], marker="o", markersize=5, linewidth=1.8)
        sampled = below + above > 0
        axes.errorbar(
            at[sampled], mean[sampled], yerr=(below[sampled], above[sampled]), fmt="none", ecolor=_INK, capsize=3
        )
        _mark_chosen(axes, at, mean, chosen_k)
        if nulls:
            _paint_null(axes, np.array(nulls, dtype=np.float64))
        _label(axes, x_is_whole=True, y_is_whole=False)

    beside = ", and of permuted columns" if nulls else ""
    label = f"Mean silhouette for each k{beside}; the chosen k is {chosen_k}"
    return _drawn("silhouette", label, _CHART_INCHES, paint, AxisText("k (number of segments)"), AxisText("silhouette"))


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

    def paint(axes: "Axes") -> None:
        if x_axis.is_log and _span_decades(x):
            axes.set_xscale("symlog", linthresh=1.0)
        if y_axis.is_log and _span_decades(y):
            axes.set_yscale("symlog", linthresh=1.0)
        for segment_id in np.unique(segment_ids):
            own = segment_ids == segment_id
            _paint_points(axes, moved_x[own], moved_y[own], int(segment_id))
        _label(axes, x_is_whole=_are_whole(x), y_is_whole=_are_whole(y))
        _number_segments(axes, x, y, segment_ids)
        # Outside the axes, where no point is covered.
        handles, labels = axes.get_legend_handles_labels()
        axes.figure.legend(
            handles, labels, loc="outside upper center", ncols=12, title="segment", frameon=False,
            columnspacing=1.0, handletextpad=0.1,
        )  # fmt: skip

    label = f"{len(x)} customers: {x_axis.label} against {y_axis.label}, colored by segment"
    return _drawn("scatter", label, _SCATTER_INCHES, paint, x_axis, y_axis)


def _paint_points(axes: "Axes", x: Floats, y: Floats, segment_id: int) -> None:
    axes.plot(
        x,
        y,
        linestyle="none",
        marker=_MARKERS[(segment_id - 1) % len(_MARKERS)],
        markersize=4.5,
        markerfacecolor=color_of(segment_id),
        markeredgecolor=_INK,
        markeredgewidth=0.3,
        alpha=0.75,
        label=str(segment_id),
    )


def _number_segments(axes: "Axes", x: Floats, y: Floats, segment_ids: Ints) -> None:
    """Write each segment's number at the medians of its points, moved aside where two would meet."""
    ids = np.unique(segment_ids)
    if len(ids) == 0:
        return
    medians = [(np.median(x[segment_ids == own]), np.median(y[segment_ids == own])) for own in ids]
    # Until the limits are asked for, the place of a value on the page is not known.
    axes.get_xlim(), axes.get_ylim()
    places = (axes.transData + axes.transAxes.inverted()).transform(medians)
    for segment_id, (across, up) in zip(ids, _apart(places), strict=True):
        color = color_of(int(segment_id))
        axes.text(
            across, up, str(segment_id), transform=axes.transAxes, ha="center", va="center", weight="bold",
            color=text_color_on(color), in_layout=False,
            bbox={"boxstyle": "circle,pad=0.3", "facecolor": color, "edgecolor": _INK, "linewidth": 0.8},
        )  # fmt: skip


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


def _mark_chosen(axes: "Axes", k: Floats, silhouette: Floats, chosen_k: int) -> None:
    for at, mean in zip(k, silhouette, strict=True):
        if at == chosen_k:
            axes.plot(
                [at], [mean], linestyle="none", marker="o", markersize=13, markerfacecolor="none", markeredgecolor=_INK
            )
            axes.annotate(
                f"k = {chosen_k}", (at, mean), (0, 12), textcoords="offset points", ha="center", weight="bold"
            )
    axes.margins(y=0.25)


def _paint_null(axes: "Axes", nulls: Floats) -> None:
    """Draw what permuted columns give as a line that stands back, its name at its end."""
    at, mean = nulls.T
    axes.plot(at, mean, color=_INK, alpha=0.5, linestyle="--", marker="o", markersize=2.5, linewidth=1.1)
    axes.annotate(
        "columns permuted", (at[-1], mean[-1]), (0, -12), textcoords="offset points", ha="right", alpha=0.7, size=8
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


def _label(axes: "Axes", *, x_is_whole: bool, y_is_whole: bool) -> None:
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    for axis, is_whole in ((axes.xaxis, x_is_whole), (axes.yaxis, y_is_whole)):
        if axis.get_scale() == "linear":
            axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=is_whole))
        axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.set_xlabel("x-label")
    axes.set_ylabel("y-label")


def _drawn(
    name: str,
    label: str,
    inches: tuple[float, float],
    paint: Callable[["Axes"], None],
    x_axis: AxisText,
    y_axis: AxisText,
) -> str:
    """Return what ``paint`` draws, with the labels that matplotlib is not shown.

    Matplotlib would read ``$`` as mathematics, and warn of letters that its own font lacks though
    the reader's browser has them.
    """
    with _plain_style(name):
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        figure = Figure(figsize=inches, layout="constrained")
        paint(figure.add_subplot())
        text = StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        # As savefig does, which draws the figure once more for what it may crop.
        FigureCanvasSVG(figure).print_svg(text, metadata=nothing)  # type: ignore[no-untyped-call]
    svg = _inline(text.getvalue())
    svg = svg.replace(">x-label<", f">{shown_in_html(x_axis.label)}<").replace(
        ">y-label<", f">{shown_in_html(y_axis.label)}<"
    )
    return svg.replace("<svg ", f'<svg role="img" aria-label="{shown_in_html(label)}" ', 1)


@contextmanager
def _plain_style(salt: str) -> Iterator[None]:
    """Draw in matplotlib's own defaults, whatever the machine's settings; they are as before afterwards."""
    with _unwarned():
        import matplotlib.style
        from matplotlib.backends import backend_svg  # noqa: F401  loads the fonts too
    ink = dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), _INK)
    ours = {
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "svg.fonttype": "none",
        "svg.hashsalt": salt,
        "text.parse_math": False,
        "font.sans-serif": ["DejaVu Sans"],
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": _INK,
        "grid.alpha": 0.15,
    }
    with matplotlib.style.context(["default", {**ink, **ours}]):
        yield


@contextmanager
def _unwarned() -> Iterator[None]:
    """Keep matplotlib quiet where the home directory cannot be written: it takes a temporary one by itself."""
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _inline(svg: str) -> str:
    """Return an SVG file as an element that can stand in a page beside others."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>", r"<svg \1>", svg, count=1)
    # Its rules would hold for the whole page.
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, count=1, flags=re.DOTALL)
    svg = svg.replace("xlink:href", "href").replace(_INK, "currentColor")
    referenced = set(re.findall(r"#([\w.-]+)", svg))
    svg = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in referenced else "", svg)
    return re.sub(r"\n\s*", "\n", _lighter(svg))


def _lighter(svg: str) -> str:
    """Say the style of many equal marks once, and their places to a tenth of a point."""

    def once(found: re.Match[str]) -> str:
        uses = found[2].replace(f' style="{found[3]}"', "")
        rounded = re.sub(r'( [xy]="-?\d+\.\d)\d+"', r'\1"', uses)
        return f'<g{found[1]} style="{found[3]}">{rounded}</g>'

    return re.sub(r"<g([^>]*)>(\s*(?:<use [^>]* style=\"([^\"]*)\"/>\s*)+)</g>", once, svg)
