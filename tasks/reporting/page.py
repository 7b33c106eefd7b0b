"""The templates of the pages, with the filters and figures that they use."""

from functools import cache
from typing import Any

import jinja2

from schemas.shown import shown_lines
from tasks.reporting.charts import color_of, text_color_on
from tasks.reporting.number_text import capitalized, number_text, percent_text

#: Standard deviations from which a cell is shaded, lightest first.
_SHADES = (0.25, 0.5, 1.0, 2.0)

#: Stability below which a segment is unreliable (Hennig 2007).
_UNSTABLE = 0.6


@cache
def environment() -> jinja2.Environment:
    """Return the templates; whatever comes from the delivered file is escaped."""
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("tasks", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "number": number_text,
        "percent": percent_text,
        "shade": _shade,
        "figure": _figure,
        "change": _change,
        "capitalized": capitalized,
    }
    templates.globals |= {"color_of": color_of, "text_color_on": text_color_on, "unstable": _UNSTABLE}
    return templates


def _seen(value: Any) -> Any:
    """Return what a page shows of a value: of a text that others wrote no character that acts unseen."""
    return shown_lines(value) if type(value) is str else value


def _shade(strength: float) -> str:
    """Return the class of a cell: up1 to up4, down1 to down4, or none."""
    level = sum(abs(strength) >= bound for bound in _SHADES)
    return f"{'up' if strength > 0 else 'down'}{level}" if level else ""


def _figure(value: float | None, pattern: str) -> str:
    """Return a figure by a pattern such as ``"%.2f"``; a dash where there is none."""
    return "—" if value is None else pattern % value


def _change(customers: int) -> str:
    """Return how many more or fewer customers there are, with a minus that is as wide as the plus."""
    return f"{customers:+,}".replace("-", "\N{MINUS SIGN}")
