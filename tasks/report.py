"""Write the HTML report of a run: one self-contained file, the same bytes for the same run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import jinja2

from schemas.dataset import Column
from schemas.fields import Role
from tasks.cluster import Clustered
from tasks.delivery.delivered import Delivery
from tasks.encoding.verdict import Level
from tasks.ingest import Ingested
from tasks.reporting.charts import AxisText, color_of, draw_scatter, draw_silhouette_curve, text_color_on
from tasks.reporting.number_text import decimals_of, number_text, percent_text
from tasks.reporting.sample import sample_positions
from tasks.run.columns import run_columns
from tasks.run.step import recorded
from tasks.validate import Validated
from warehouse.connection import Connection, one_thread, staging
from warehouse.home.ledger import notes_of
from warehouse.home.run import SOFTWARE_VERSION, Run
from warehouse.page import (
    ColumnAssociationRow,
    ComponentRow,
    DeclaredRow,
    DriftRow,
    EncodingRow,
    Figure,
    KRow,
    SegmentDriftRow,
    SegmentRow,
    TriedRow,
    read_drift,
    read_points,
    read_rows,
)
from warehouse.rejects import RejectedGroup, rejected_groups

#: Points of the scatter plot; more would only cover one another.
SCATTER_POINTS = 2_000

#: Rows of the profile: in all, and that one segment can ask for.
_PROFILE_ROWS, _PROFILE_ROWS_A_SEGMENT = 36, 12

#: Standard deviations from which a cell is shaded, lightest first.
_SHADES = (0.25, 0.5, 1.0, 2.0)

_REJECTED_GROUPS, _COMPONENTS, _ASSOCIATIONS = 20, 8, 8

#: Stability below which a segment is unreliable (Hennig 2007).
_UNSTABLE = 0.6

#: What to do with the segments, by the level of the verdict.
_ADVICE: dict[Level, str] = {
    "strong": "Use these segments.",
    "weak": "Use these segments with care: customers near a border could be in either.",
    "none": "Do not base decisions on these segments.",
}


@dataclass(frozen=True)
class Reported:
    """Where the page is, and its size in bytes."""

    report: str
    size: int


@dataclass(frozen=True)
class Chart:
    """A drawing and the words under it; no drawing where there is nothing to draw, with the reason in words."""

    svg: str | None
    caption: str


@dataclass(frozen=True)
class ProfileRow:
    """One feature across the segments, which are in their order.

    Attributes:
        heading: the column, for people.
        value: category or item of a binary feature; None for numbers and flags.
    """

    source_column: str
    heading: str
    value: str | None
    is_number: bool
    cells: tuple[Figure, ...]

    @property
    def strength(self) -> float:
        """How far the most different segment is from all customers, in standard deviations."""
        return max(abs(cell.strength) for cell in self.cells)

    @property
    def decimals(self) -> int:
        """Decimals of the means, for three digits of the largest."""
        return decimals_of([cell.mean for cell in self.cells], digits=3)


@dataclass(frozen=True)
class Profile:
    """The features that differ most, grouped by column in the declared order."""

    rows: tuple[ProfileRow, ...]
    n_features: int


@dataclass(frozen=True)
class Facts:
    """What the page says of the run as a whole; the names are those of the columns of ``runs``."""

    run_id: str
    as_of: date
    dataset: str
    source_name: str
    source_sha256: str
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    n_clusters: int
    silhouette: float | None
    seed: int
    verdict_level: Level
    verdict: str
    software_version: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """All that the page shows."""

    facts: Facts
    segments: tuple[SegmentRow, ...]
    profile: Profile
    tiers: Profile
    k_scores: tuple[KRow, ...]
    curve: Chart
    scatter: Chart
    rejected: tuple[RejectedGroup, ...]
    encodings: tuple[EncodingRow, ...]
    declared: tuple[DeclaredRow, ...]
    tried: tuple[TriedRow, ...]
    components: tuple[ComponentRow, ...]
    column_associations: tuple[ColumnAssociationRow, ...]
    drift: tuple[DriftRow, ...] = ()
    segment_drift: tuple[SegmentDriftRow, ...] = ()

    @property
    def dataset(self) -> str:
        """Name of the dataset, also where it was given as the path of a file."""
        return Path(self.facts.dataset).stem

    @property
    def advice(self) -> str:
        """What a marketer does with the segments."""
        return _ADVICE[self.facts.verdict_level]

    @property
    def selected(self) -> TriedRow | None:
        """The encoding of the customers that was selected."""
        return next((row for row in self.tried if row.is_chosen), None)

    @property
    def is_tried(self) -> bool:
        """Whether an encoding was compared with a null model."""
        return any(row.silhouette_gain is not None for row in self.tried)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The columns that take no part in the encoding."""
        return tuple(row.source_column for row in self.declared if row.weight == 0)

    @property
    def components_shown(self) -> tuple[ComponentRow, ...]:
        """The strongest components."""
        return self.components[:_COMPONENTS]

    @property
    def associations_shown(self) -> tuple[ColumnAssociationRow, ...]:
        """The columns that predict the segments best; none where there is one segment."""
        return tuple(row for row in self.column_associations if row.association is not None)[:_ASSOCIATIONS]

    @property
    def objective_decimals(self) -> int:
        """Decimals of J, for four digits of the largest."""
        return decimals_of([score.objective for score in self.k_scores], digits=4)

    @property
    def rejected_shown(self) -> tuple[RejectedGroup, ...]:
        """The most frequent kinds of fault."""
        return self.rejected[:_REJECTED_GROUPS]


@recorded
def report(run: Run, delivery: Delivery, ingested: Ingested, validated: Validated, clustered: Clustered) -> Reported:
    """Write the report of the night under construction."""
    facts = Facts(
        run_id=run.run_id,
        as_of=run.as_of,
        dataset=run.order.dataset,
        source_name=delivery.source_name,
        source_sha256=delivery.source_sha256,
        rows_read=ingested.rows_read,
        rows_loaded=validated.rows_loaded,
        rows_rejected=validated.rows_rejected,
        n_clusters=clustered.n_clusters,
        silhouette=clustered.silhouette,
        seed=run.order.seed,
        verdict_level=clustered.verdict_level,
        verdict=clustered.verdict,
        software_version=SOFTWARE_VERSION,
        notes=notes_of(run),
    )
    columns = run_columns(run, ingested.kept_columns)
    with staging(run) as database, one_thread(database):
        page = _read_page(database, facts, columns)
    content = render_page(page).encode()
    run.report_file.write_bytes(content)
    return Reported(str(run.report_file), len(content))


def render_page(page: Page) -> str:
    """Return the page as HTML; whatever comes from the delivered file is escaped."""
    return _environment().get_template("report.html.jinja2").render(page=page, facts=page.facts)


def choose_profile(figures: Sequence[Figure], columns: Sequence[Column]) -> Profile:
    """Return the features by which the segments differ most from all customers.

    Every segment brings its own strongest features, so that none is left without; within a column
    the strongest stand first.

    Args:
        figures: every feature of every segment, features in their order, segments in theirs.
        columns: the declared columns, for their units.
    """
    by_feature: dict[str, list[Figure]] = {}
    for figure in figures:
        by_feature.setdefault(figure.feature, []).append(figure)
    labels = {column.name: column_label(column) for column in columns}
    rows = [_profile_row(cells, labels) for cells in by_feature.values()]
    order = {name: place for place, name in enumerate(labels)}
    kept = sorted(_most_different(rows), key=lambda row: (order[row.source_column], -row.strength, row.value or ""))
    return Profile(tuple(kept), len(rows))


def scatter_axes(columns: Sequence[Column]) -> tuple[Column, Column] | None:
    """Return the columns of the scatter plot: the first number, and the first list or else the second number."""
    numbers = [column for column in columns if column.role is Role.NUMERIC]
    lists = [column for column in columns if column.role is Role.ITEMS]
    candidates = numbers[:1] + (lists[:1] or numbers[1:2])
    return (candidates[0], candidates[1]) if len(numbers) > 0 and len(candidates) == 2 else None


def column_label(column: Column) -> str:
    """Return a column's name as people write it, with its unit."""
    words = column.name.replace("_", " ")
    return f"{words} ({column.settings.unit})" if column.settings.unit else words


def _read_page(database: Connection, facts: Facts, columns: tuple[Column, ...]) -> Page:
    k_scores = read_rows(database, "report_k_scores", KRow)
    figures = read_rows(database, "report_figures", Figure)
    drift, segment_drift = read_drift(database, facts.as_of)
    return Page(
        facts=facts,
        segments=read_rows(database, "report_segments", SegmentRow),
        profile=choose_profile(figures, columns),
        tiers=choose_profile(_spread_as(figures, read_rows(database, "report_tiers", Figure)), columns),
        k_scores=k_scores,
        curve=_curve(k_scores),
        scatter=_scatter(database, columns, n_customers=facts.rows_loaded, random_state=facts.seed),
        rejected=rejected_groups(database),
        encodings=read_rows(database, "report_encodings", EncodingRow),
        declared=read_rows(database, "report_declared", DeclaredRow),
        tried=read_rows(database, "report_tried", TriedRow),
        components=read_rows(database, "report_components", ComponentRow),
        column_associations=read_rows(database, "report_column_associations", ColumnAssociationRow),
        drift=drift,
        segment_drift=segment_drift,
    )


def _spread_as(figures: Sequence[Figure], tiers: Sequence[Figure]) -> list[Figure]:
    """Return the figures of tiers with the standard deviations over all customers, which those of segments have."""
    spreads = {figure.feature: figure.spread for figure in figures}
    return [replace(tier, spread=spreads[tier.feature]) for tier in tiers]


def _curve(scores: Sequence[KRow]) -> Chart:
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
    return Chart(svg, f"Mean silhouette for each k: the higher, the better the segments are separated.{interval}{null}")


def _scatter(database: Connection, columns: Sequence[Column], *, n_customers: int, random_state: int) -> Chart:
    axes = scatter_axes(columns)
    if axes is None:
        return Chart(
            None,
            "There is no scatter plot, as it takes a numeric column and either a list of items or a second "
            "numeric column, which this dataset does not declare.",
        )
    positions = sample_positions(n_customers, SCATTER_POINTS, random_state)
    points = read_points(database, *axes, positions)
    if len(points.x) == 0:
        return Chart(None, "There is no scatter plot, as no customer drawn for it has a value on both axes.")
    x_axis, y_axis = _axis(axes[0]), _axis(axes[1])
    svg = draw_scatter(points.x, points.y, points.segment_ids, x_axis=x_axis, y_axis=y_axis, random_state=random_state)
    return Chart(svg, _scatter_caption(len(points.x), len(positions), n_customers, x_axis, y_axis))


def _axis(column: Column) -> AxisText:
    label = column_label(column)
    return AxisText(f"items in {label}" if column.role is Role.ITEMS else label, column.settings.log)


def _scatter_caption(n_shown: int, n_drawn: int, n_customers: int, x_axis: AxisText, y_axis: AxisText) -> str:
    is_sample = n_drawn < n_customers
    who = f"A random sample of {n_drawn:,} of the {n_customers:,} customers" if is_sample else "All customers"
    missing = f"; {n_drawn - n_shown:,} of them lack a value and are left out" if n_shown < n_drawn else ""
    return (
        f"{who}: {y_axis.label} by {x_axis.label}{missing}. Whole numbers are jittered, so that equal customers do not "
        "overlap; each segment's number is at its medians or next to them."
    )


def _profile_row(cells: Sequence[Figure], labels: dict[str, str]) -> ProfileRow:
    first = cells[0]
    heading = labels[first.source_column]
    return ProfileRow(first.source_column, heading, first.value, first.kind == "numeric", tuple(cells))


def _most_different(rows: Sequence[ProfileRow]) -> list[ProfileRow]:
    n_segments = len(rows[0].cells) if rows else 1
    quota = max(1, min(_PROFILE_ROWS_A_SEGMENT, _PROFILE_ROWS // n_segments))
    kept: dict[int, ProfileRow] = {}
    for segment in range(n_segments):
        own = sorted(range(len(rows)), key=lambda place: (-abs(rows[place].cells[segment].strength), place))
        kept |= {place: rows[place] for place in own[:quota]}
    return sorted(kept.values(), key=lambda row: -row.strength)[:_PROFILE_ROWS]


def _shade(strength: float) -> str:
    """Return the class of a cell: up1 to up4, down1 to down4, or none."""
    level = sum(abs(strength) >= bound for bound in _SHADES)
    return f"{'up' if strength > 0 else 'down'}{level}" if level else ""


def _figure(value: float | None, pattern: str) -> str:
    """Return a figure by a pattern such as ``"%.2f"``; a dash where there is none."""
    return "—" if value is None else pattern % value


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tasks", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number_text, "percent": percent_text, "shade": _shade, "figure": _figure}
    environment.globals |= {"color_of": color_of, "text_color_on": text_color_on, "unstable": _UNSTABLE}
    return environment
