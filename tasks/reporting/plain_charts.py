"""Charts of the report that need no axes: moves, sizes over the runs, silhouettes of each segment.

Numbers in, inline SVG out; the color of the ink is that of the page's text, light or dark.
"""

import math
from collections.abc import Mapping, Sequence

from schemas.page import MoveRow
from tasks.reporting.charts import color_of
from tasks.reporting.drawing import LINE, WIDTH, svg, text


def draw_moves(moves: Sequence[MoveRow]) -> str:
    """Return how customers moved between two runs as bands, those before on the left and those now on the right.

    Args:
        moves: one per pair of segments that have customers in common; one at least.
    """
    before, now = _totals(moves, is_before=True), _totals(moves, is_before=False)
    n_nodes, total = max(len(before), len(now)), sum(move.customers for move in moves)
    height = max(240, 26 * n_nodes)
    scale = (height - LINE * n_nodes) / total
    left, right = _stacked(before, scale, height), _stacked(now, scale, height)
    begins, ends = dict(left), dict(right)
    bands = []
    for move in moves:
        thick = move.customers * scale
        bands.append(_band(move, begins[move.from_segment_id], ends[move.to_segment_id], thick))
        begins[move.from_segment_id] += thick
        ends[move.to_segment_id] += thick
    nodes = [_node(key, before[key], left[key], scale, is_before=True) for key in before]
    nodes += [_node(key, now[key], right[key], scale, is_before=False) for key in now]
    label = f"Moves of {total:,} customers from the segments of the previous run to those of this one"
    return svg(label, height, [*bands, *nodes])


def draw_sizes(days: Sequence[str], sizes: Mapping[int, Sequence[int | None]]) -> str:
    """Return the customers of each segment over the runs as lines.

    Args:
        days: day of each run, the oldest first; two at least.
        sizes: segment -> its customers in each of these runs, None where there was no such segment.
    """
    height, top, bottom, first, last = 240, 14, 210, 60, WIDTH - 40
    known = [size for own in sizes.values() for size in own if size is not None]
    largest = _round_up(max(known))
    across = [first + (last - first) * place / (len(days) - 1) for place in range(len(days))]

    def up(customers: float) -> float:
        return bottom - (bottom - top) * customers / largest

    parts = [_rule(up(share * largest), first, last, f"{share * largest:,.0f}") for share in (0, 0.5, 1)]
    ends: dict[int, float] = {}
    for segment_id, own in sizes.items():
        points = [
            (x, up(size), f"{day}, segment {segment_id}: {size:,}")
            for x, day, size in zip(across, days, own, strict=True)
            if size is not None
        ]
        has_ended = own[-1] is None
        parts.append(_line(points, "currentColor" if has_ended else color_of(segment_id), is_dashed=has_ended))
        if not has_ended:
            ends[segment_id] = points[-1][1]
    parts += [text(last + 8, y + 4, str(own), weight="bold") for own, y in _apart(ends).items()]
    parts += [text(first, 230, days[0]), text(last, 230, days[-1], anchor="end")]
    return svg(f"Customers of each segment from {days[0]} to {days[-1]}", height, parts)


def draw_silhouettes(silhouettes: Mapping[int, Sequence[float]], sizes: Mapping[int, int]) -> str:
    """Return the silhouettes of each segment's customers as areas, the highest first, as tall as it is large.

    Args:
        silhouettes: segment -> evenly spaced quantiles of its customers' silhouettes, -1 to 1, ascending; two at least.
        sizes: segment -> its customers.
    """
    total, first, last = sum(sizes.values()), 60, WIDTH - 20
    lowest = min(-0.05, min(min(own) for own in silhouettes.values()))

    def across(value: float) -> float:
        return first + (last - first) * (value - lowest) / (1 - lowest)

    parts, y = [], 10.0
    for segment_id, own in silhouettes.items():
        tall = max(14.0, 260 * sizes[segment_id] / total)
        step = tall / (len(own) - 1)
        edge = " ".join(f"{across(value):.1f},{y + place * step:.1f}" for place, value in enumerate(reversed(own)))
        zero = across(0)
        parts.append(
            f'<polygon points="{zero:.1f},{y:.1f} {edge} {zero:.1f},{y + tall:.1f}" fill="{color_of(segment_id)}"/>'
        )
        parts.append(text(zero - 8, y + tall / 2 + 4, str(segment_id), weight="bold", anchor="end"))
        y += tall + 8
    parts += [
        f'<line x1="{across(at):.1f}" x2="{across(at):.1f}" y1="4" y2="{y:.1f}" stroke="currentColor" opacity=".3"/>'
        + text(across(at), y + 16, f"{at:g}", anchor="middle")
        for at in (0, 0.25, 0.5, 0.75, 1)
    ]
    return svg("Silhouettes of the customers of each segment, the highest first", y + 24, parts)


def _line(points: Sequence[tuple[float, float, str]], color: str, *, is_dashed: bool) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{color}"><title>{title}</title></circle>'
        for x, y, title in points
    )
    dashes = ' stroke-dasharray="4 4" opacity=".5"' if is_dashed else ""
    return f'<polyline points="{places}" fill="none" stroke="{color}" stroke-width="2.5"{dashes}/>{dots}'


def _apart(heights: Mapping[int, float]) -> dict[int, float]:
    """Return the heights moved upward where two are less than a line apart, from the lowest on."""
    moved, highest = {}, math.inf
    for key, y in sorted(heights.items(), key=lambda one: -one[1]):
        moved[key] = highest = min(y, highest - LINE)
    return moved


def _totals(moves: Sequence[MoveRow], *, is_before: bool) -> dict[int | None, int]:
    totals: dict[int | None, int] = {}
    for move in moves:
        key = move.from_segment_id if is_before else move.to_segment_id
        totals[key] = totals.get(key, 0) + move.customers
    return dict(sorted(totals.items(), key=lambda one: (one[0] is None, one[0] or 0)))


def _stacked(totals: Mapping[int | None, int], scale: float, height: float) -> dict[int | None, float]:
    """Return where each node begins, one below the other over the whole height."""
    gap = (height - scale * sum(totals.values())) / len(totals)
    tops, y = {}, gap / 2
    for key, customers in totals.items():
        tops[key] = y
        y += customers * scale + gap
    return tops


def _band(move: MoveRow, y0: float, y1: float, thick: float) -> str:
    x0, x1, middle = 150, WIDTH - 150, WIDTH / 2
    path = (
        f"M{x0},{y0:.1f} C{middle:g},{y0:.1f} {middle:g},{y1:.1f} {x1},{y1:.1f} v{thick:.2f} "
        f"C{middle:g},{y1 + thick:.1f} {middle:g},{y0 + thick:.1f} {x0},{y0 + thick:.1f} Z"
    )
    title = f"{_named(move.from_segment_id, 'new')} to {_named(move.to_segment_id, 'gone')}: {move.customers:,}"
    color = _color(move.from_segment_id if move.from_segment_id is not None else move.to_segment_id)
    stays = move.from_segment_id == move.to_segment_id
    return f'<path d="{path}" fill="{color}" opacity="{".35" if stays else ".75"}"><title>{title}</title></path>'


def _node(key: int | None, customers: int, top: float, scale: float, *, is_before: bool) -> str:
    x, tall = (140 if is_before else WIDTH - 150), max(1.5, customers * scale)
    words = f"{_named(key, 'new' if is_before else 'gone')}: {customers:,}"
    at, anchor = (x - 6, "end") if is_before else (x + 16, "start")
    bar = f'<rect x="{x}" y="{top:.1f}" width="10" height="{tall:.1f}" fill="{_color(key)}"/>'
    return bar + text(at, top + tall / 2 + 4, words, anchor=anchor)


def _named(segment_id: int | None, otherwise: str) -> str:
    return otherwise if segment_id is None else f"segment {segment_id}"


def _color(segment_id: int | None) -> str:
    return "currentColor" if segment_id is None else color_of(segment_id)


def _rule(y: float, first: float, last: float, number: str) -> str:
    line = f'<line x1="{first}" x2="{last}" y1="{y:.1f}" y2="{y:.1f}" stroke="currentColor" opacity=".25"/>'
    return line + text(first - 8, y + 4, number, anchor="end")


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 4, 6, 8 or 10 times a power of ten."""
    power = 10.0 ** (len(str(int(value))) - 1)
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)
