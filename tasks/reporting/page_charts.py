"""The charts of the page with the words under them, or the reason why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.page import KRow, MoveRow, Points, SizeRow
from tasks.reporting.charts import draw_scatter, draw_silhouette_curve
from tasks.reporting.drawing import AxisText
from tasks.reporting.plain_charts import draw_moves, draw_silhouettes, draw_sizes


@dataclass(frozen=True)
class Chart:
    """A drawing, the words under it, and the query for its numbers; no drawing where there is nothing to draw."""

    svg: str | None
    caption: str
    sql: str = ""


def curve_chart(scores: Sequence[KRow], sql: str) -> Chart:
    """Return the silhouette of each k, and of a null model where it was tried."""
    scored = [score for score in scores if score.silhouette is not None]
    if len(scored) < 2:
        tried = "only one k has" if scored else "no k has"
        return Chart(None, f"There is no curve to draw, as {tried} a silhouette.")
    svg = draw_silhouette_curve(
        [score.k for score in scores],
        [score.silhouette for score in scores],
        [score.silhouette_low for score in scores],
        [score.silhouette_high for score in scores],
        chosen_k=next(score.k for score in scores if score.is_chosen),
        null=[score.null_silhouette for score in scores],
    )
    interval = " Bars are 95 % intervals of sampled silhouettes." if any(score.is_sampled for score in scored) else ""
    has_null = any(score.null_silhouette is not None for score in scores)
    null = " The dashed line is the null model, in which nothing links the columns." if has_null else ""
    words = f"Mean silhouette for each k: the higher, the better the segments are separated.{interval}{null}"
    return Chart(svg, words, sql)


def scatter_chart(
    points: Points, axes: tuple[AxisText, AxisText], *, n_drawn: int, n_customers: int, random_state: int, sql: str
) -> Chart:
    """Return customers on the axes of two columns.

    Args:
        points: those drawn that have a value on both axes.
        axes: what stands along x and y.
        n_drawn: customers drawn.
        n_customers: all customers.
        random_state: seed of the jitter.
        sql: the query for the values of all customers.
    """
    n_shown = len(points.x)
    if not n_shown:
        return Chart(None, "There is no scatter plot, as no customer drawn for it has a value on both axes.")
    x_axis, y_axis = axes
    missing = f"; {n_drawn - n_shown:,} of them lack a value and are left out" if n_shown < n_drawn else ""
    words = (
        f"{_who(n_drawn, n_customers)}: {y_axis.label} by {x_axis.label}{missing}. Customers with the same values "
        "are drawn beside each other; each segment's number is in its middle."
    )
    return Chart(_scatter(points, axes, random_state), words, sql)


def map_chart(points: Points, *, n_customers: int, random_state: int, sql: str) -> Chart:
    """Return customers along the two main components of what they were segmented by."""
    axes = AxisText("first principal component"), AxisText("second principal component")
    words = (
        f"{_who(len(points.x), n_customers)} along the two directions in which the encoded customers differ most: "
        "those who are alike are near each other, but what differs along other directions is not seen."
    )
    return Chart(_scatter(points, axes, random_state), words, sql)


def moves_chart(moves: Sequence[MoveRow], previous_day: date, sql: str) -> Chart:
    """Return how customers moved between the segments since the previous run; nothing where that is not known."""
    if not moves:
        return Chart(None, "")
    words = (
        f"Customers by their segment on {previous_day}, left, and now, right; those who moved, came and went stand out."
    )
    return Chart(draw_moves(moves), words, sql)


def sizes_chart(sizes: Sequence[SizeRow], sql: str) -> Chart:
    """Return how large the segments were in the last runs."""
    days = sorted({row.as_of for row in sizes})
    if len(days) < 2:
        return Chart(None, "There is one run, and no trend of sizes yet.")
    known = {(row.as_of, row.segment_id): row.customers for row in sizes}
    own = {
        segment_id: [known.get((day, segment_id)) for day in days] for segment_id in sorted({two for _, two in known})
    }
    has_ended = any(sizes_of[-1] is None for sizes_of in own.values())
    ended = "; one that has ended is dashed, without its number" if has_ended else ""
    words = f"Customers of each segment in the last {len(days)} runs{ended}."
    return Chart(draw_sizes([str(day) for day in days], own), words, sql)


def silhouettes_chart(quantiles: Mapping[int, Sequence[float]], sizes: Mapping[int, int], sql: str) -> Chart:
    """Return the silhouettes of the customers of each segment, by their centroids (Hruschka and others 2004).

    Args:
        quantiles: segment -> evenly spaced quantiles, ascending; empty where there is one segment.
        sizes: segment -> its customers.
        sql: the query for the quantiles.
    """
    if not quantiles:
        return Chart(None, "There is one segment, and no silhouette.")
    words = (
        "How much nearer each customer is to the centroid of its own segment than to the next one, as a share of the "
        "distance to that one: customers near 0 could be in either. Each segment is as tall as it is large."
    )
    return Chart(draw_silhouettes(quantiles, sizes), words, sql)


def _who(n_drawn: int, n_customers: int) -> str:
    is_sample = n_drawn < n_customers
    return f"A random sample of {n_drawn:,} of the {n_customers:,} customers" if is_sample else "All customers"


def _scatter(points: Points, axes: tuple[AxisText, AxisText], random_state: int) -> str:
    x_axis, y_axis = axes
    ids = points.segment_ids
    return draw_scatter(points.x, points.y, ids, x_axis=x_axis, y_axis=y_axis, random_state=random_state)
