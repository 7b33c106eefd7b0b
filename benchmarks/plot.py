"""Draw seconds against customers as an SVG file that can be read on a light page and on a dark one.

Run: python -m benchmarks.plot CSV SVG, on a file that python -m benchmarks --csv wrote.
"""

import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from benchmarks.figures import NIGHT, SPARK, TEXTBOOK, Figures, median_of, read_csv
from tasks.reporting.charts import PALETTE

#: Who is drawn, and how: color, marker, line.
_DRAWN = {NIGHT: (PALETTE[0], "o", "-"), SPARK: (PALETTE[6], "s", "-"), TEXTBOOK: (PALETTE[2], "^", "-")}

#: Stands for the color of the text, which the file itself chooses by the page.
_INK = "#010203"
_LIGHT, _DARK = "#1f2328", "#e6edf3"
_THEME = f"<style>svg{{color:{_LIGHT}}}@media (prefers-color-scheme:dark){{svg{{color:{_DARK}}}}}</style>"

_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bench",
    "font.sans-serif": ["DejaVu Sans"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": _INK,
    "grid.alpha": 0.15,
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), _INK),
}


def draw(figures: Sequence[Figures]) -> str:
    """Return the medians of the runs as SVG, both axes logarithmic."""
    with matplotlib.style.context(["default", _STYLE]):
        figure = Figure(figsize=(7.2, 3.8), layout="constrained")
        axes = figure.add_subplot()
        for who in _DRAWN:
            _paint(axes, figures, who)
        _label(axes)
        text = StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    svg = text.getvalue().replace(_INK, "currentColor")
    opened = svg.index(">", svg.index("<svg")) + 1
    return svg[:opened] + _THEME + svg[opened:]


def _paint(axes: Axes, figures: Sequence[Figures], who: str) -> None:
    medians = {size: median_of(figures, who, size) for size in sorted({one.customers for one in figures})}
    points = [(size, seconds) for size, seconds in medians.items() if seconds is not None]
    if not points:
        return
    color, marker, style = _DRAWN[who]
    axes.plot(
        *zip(*points, strict=True),
        color=color,
        marker=marker,
        linestyle=style,
        linewidth=1.8,
    )
    size, seconds = points[-1]
    # Beside its last point, so that nobody has to look up a color, and above the line of whoever goes on.
    told = f"{who}, {seconds:,.0f} s" if seconds >= 10 else f"{who}, {seconds:.1f} s"
    axes.annotate(told, (size, seconds), (5, 6), textcoords="offset points")


def _label(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.margins(x=0.05, y=0.12)
    axes.set_xlim(right=axes.get_xlim()[1] * 6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("customers")
    axes.set_ylabel("seconds")


def _short(customers: float) -> str:
    return (
        f"{customers / 1e6:g}M"
        if customers >= 1e6
        else f"{customers / 1e3:g}k"
        if customers >= 1e3
        else f"{customers:g}"
    )


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(draw(read_csv(Path(sys.argv[1]))), encoding="utf-8")
