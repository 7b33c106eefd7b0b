"""Write the HTML report of a run: one self-contained file, the same bytes for the same run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from schemas.dataset import Column
from schemas.fields import Role
from schemas.loading import dataset_name
from schemas.page import (
    ColumnAssociationRow,
    ComponentRow,
    DeclaredRow,
    DriftRow,
    EncodingRow,
    Figure,
    KRow,
    MoveRow,
    SegmentDriftRow,
    SegmentRow,
    SilhouetteRow,
    SizeRow,
    TriedRow,
)
from tasks.cluster import Clustered
from tasks.clustering.positions import sample_positions
from tasks.delivery.delivered import Delivery
from tasks.encoding.verdict import Level
from tasks.ingest import Ingested
from tasks.reporting.drawing import AxisText
from tasks.reporting.number_text import decimals_of
from tasks.reporting.page import environment
from tasks.reporting.page_charts import (
    Chart,
    curve_chart,
    map_chart,
    moves_chart,
    scatter_chart,
    silhouettes_chart,
    sizes_chart,
)
from tasks.reporting.profile import Profile, choose_profile, column_label
from tasks.run.columns import run_columns
from tasks.run.step import recorded
from tasks.track_segments import Tracked
from tasks.validate import Validated
from warehouse.connection import Connection, one_thread, read_sql, staging
from warehouse.home.ledger import notes_of
from warehouse.home.run import SOFTWARE_VERSION, Run
from warehouse.page import names_ever, read_drift, read_map, read_points, read_rows
from warehouse.rejects import RejectedGroup, rejected_groups
from warehouse.statements.features import select_axes

#: Stands where nothing was drawn.
NO_CHART = Chart(None, "")

#: Points of the scatter plot; more would only cover one another.
SCATTER_POINTS = 2_000

_REJECTED_GROUPS, _COMPONENTS, _ASSOCIATIONS, _LARGEST_MOVES = 20, 8, 8, 5

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
    verdict_words: str
    verdict: str
    software_version: str
    notes: tuple[str, ...]
    changes: tuple[str, ...] = ()
    home_option: str = ""


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
    moves: Chart = NO_CHART
    sizes: Chart = NO_CHART
    silhouettes: Chart = NO_CHART
    map: Chart = NO_CHART
    previous_day: date | None = None
    largest_moves: tuple[MoveRow, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    n_moved: int | None = None
    profile_sql: str = ""

    @property
    def dataset(self) -> str:
        """Name of the dataset, also where it was given as the path of a file."""
        return dataset_name(self.facts.dataset)

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
def report(
    run: Run, delivery: Delivery, ingested: Ingested, validated: Validated, clustered: Clustered, tracked: Tracked
) -> Reported:
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
        verdict_words=clustered.verdict_words,
        verdict=clustered.verdict,
        software_version=SOFTWARE_VERSION,
        notes=tuple(note for note in notes_of(run) if note not in tracked.notes),
        changes=tracked.notes,
        home_option=run.home.option,
    )
    columns = run_columns(run, ingested.kept_columns)
    with staging(run) as database, one_thread(database):
        page = _read_page(database, facts, columns)
    content = render_page(page).encode()
    run.report_file.write_bytes(content)
    return Reported(str(run.report_file), len(content))


def render_page(page: Page) -> str:
    """Return the page as HTML; whatever comes from the delivered file is escaped."""
    return environment().get_template("report.html.jinja2").render(page=page, facts=page.facts)


def scatter_axes(columns: Sequence[Column]) -> tuple[Column, Column] | None:
    """Return the columns of the scatter plot: the first number, and the first list or else the second number."""
    numbers = [column for column in columns if column.role is Role.NUMERIC]
    lists = [column for column in columns if column.role is Role.ITEMS]
    candidates = numbers[:1] + (lists[:1] or numbers[1:2])
    return (candidates[0], candidates[1]) if len(numbers) > 0 and len(candidates) == 2 else None


def _read_page(database: Connection, facts: Facts, columns: tuple[Column, ...]) -> Page:
    k_scores = read_rows(database, "charts/k_scores", KRow)
    figures = read_rows(database, "report_figures", Figure)
    drift, segment_drift = read_drift(database, facts.as_of)
    page = Page(
        facts=facts,
        segments=read_rows(database, "report_segments", SegmentRow),
        profile=choose_profile(figures, columns),
        tiers=choose_profile(_spread_as(figures, read_rows(database, "report_tiers", Figure)), columns),
        k_scores=k_scores,
        curve=curve_chart(k_scores, read_sql("charts/k_scores")),
        scatter=_scatter(database, columns, facts),
        rejected=rejected_groups(database),
        encodings=read_rows(database, "report_encodings", EncodingRow),
        declared=read_rows(database, "report_declared", DeclaredRow),
        tried=read_rows(database, "report_tried", TriedRow),
        components=read_rows(database, "report_components", ComponentRow),
        column_associations=read_rows(database, "report_column_associations", ColumnAssociationRow),
        drift=drift,
        segment_drift=segment_drift,
        profile_sql=read_sql("charts/figures"),
    )
    return _with_changes(database, _with_shapes(database, page))


def _with_shapes(database: Connection, page: Page) -> Page:
    """Return the page with the charts that show how well the segments are separated."""
    facts, sizes = page.facts, {segment.segment_id: segment.customers for segment in page.segments}
    quantiles = {row.segment_id: row.quantiles for row in read_rows(database, "charts/silhouettes", SilhouetteRow)}
    return replace(
        page,
        silhouettes=silhouettes_chart(quantiles, sizes, read_sql("charts/silhouettes")),
        map=map_chart(
            read_map(database), n_customers=facts.rows_loaded, random_state=facts.seed, sql=read_sql("charts/map")
        ),
    )


def _with_changes(database: Connection, page: Page) -> Page:
    """Return the page with what is different since the run of the day before; as it is where there is none."""
    today = page.facts.as_of
    sizes = read_rows(database, "charts/sizes", SizeRow)
    earlier = [row.as_of for row in sizes if row.as_of < today]
    if not earlier:
        return page
    moves = read_rows(database, "charts/moves", MoveRow)
    apart = [
        row for row in moves if None not in (ends := (row.from_segment_id, row.to_segment_id)) and len(set(ends)) > 1
    ]
    return replace(
        page,
        previous_day=max(earlier),
        n_moved=sum(row.customers for row in apart) if moves else None,
        largest_moves=tuple(sorted(apart, key=lambda row: -row.customers)[:_LARGEST_MOVES]),
        names=names_ever(database),
        moves=moves_chart(moves, max(earlier), read_sql("charts/moves")),
        sizes=sizes_chart(sizes, read_sql("charts/sizes")),
    )


def _spread_as(figures: Sequence[Figure], tiers: Sequence[Figure]) -> list[Figure]:
    """Return the figures of tiers with the standard deviations over all customers, which those of segments have."""
    spreads = {figure.feature: figure.spread for figure in figures}
    return [replace(tier, spread=spreads[tier.feature]) for tier in tiers]


def _scatter(database: Connection, columns: Sequence[Column], facts: Facts) -> Chart:
    axes = scatter_axes(columns)
    if axes is None:
        return Chart(
            None,
            "There is no plot of two columns, as it takes a numeric column and either a list of items or a second "
            "numeric column, which this dataset does not declare.",
        )
    positions = sample_positions(facts.rows_loaded, SCATTER_POINTS, facts.seed)
    return scatter_chart(
        read_points(database, *axes, positions),
        (_axis(axes[0]), _axis(axes[1])),
        n_drawn=len(positions),
        n_customers=facts.rows_loaded,
        random_state=facts.seed,
        sql=select_axes(*axes),
    )


def _axis(column: Column) -> AxisText:
    label = column_label(column)
    return AxisText(f"items in {label}" if column.role is Role.ITEMS else label, column.settings.log)
