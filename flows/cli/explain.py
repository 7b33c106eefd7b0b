"""``segments explain``: explain the published segments: why this encoding, why this k, how stable they are."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.markup import escape

from flows.cli.options import DEFAULT_HOME, HomeOption
from flows.cli.tables import number, print_table, result_console
from schemas.page import ColumnAssociationRow, ComponentRow, KRow, LoadingRow, SegmentRow, TriedRow
from schemas.shown import shown_as_json
from warehouse.connection import published, read_sql
from warehouse.home.directory import Home
from warehouse.page import read_rows
from warehouse.querying import refuse_another_version
from warehouse.tables import read_dicts, read_value

#: Features named per component, and components shown; the rest is in the tables, and in JSON.
_MAX_LOADINGS, _MAX_COMPONENTS = 4, 8


@dataclass(frozen=True)
class Explanation:
    """What decided on the published segments; ``encoding`` is None where none was compared with another."""

    run_id: str
    verdict: str
    n_clusters: int
    encoding: str | None
    encodings: tuple[TriedRow, ...]
    k_scores: tuple[KRow, ...]
    components: tuple[ComponentRow, ...]
    loadings: tuple[LoadingRow, ...]
    column_associations: tuple[ColumnAssociationRow, ...]
    segments: tuple[SegmentRow, ...]


def explain(*, home: HomeOption = DEFAULT_HOME, json: bool = False) -> None:
    """Explain the published segments.

    Parameters
    ----------
    json
        Print the explanation as JSON.
    """
    explanation = explanation_of(Home(home))
    if json:
        print(shown_as_json(asdict(explanation)))
    else:
        print_explanation(explanation)


def explanation_of(home: Home) -> Explanation:
    """Return what decided on the published segments.

    Raises:
        UsageError: nothing is published, or by another version.
    """
    with published(home) as database:
        refuse_another_version(database, home)
        run_id = read_value(database, read_sql("select_published_run"))
        query = "SELECT run_id, verdict, n_clusters, encoding FROM runs WHERE run_id = $run_id"
        return Explanation(
            **read_dicts(database, query, {"run_id": run_id})[0],
            encodings=read_rows(database, "report_tried", TriedRow),
            k_scores=read_rows(database, "charts/k_scores", KRow),
            components=read_rows(database, "report_components", ComponentRow),
            loadings=read_rows(database, "report_loadings", LoadingRow),
            column_associations=read_rows(database, "report_column_associations", ColumnAssociationRow),
            segments=read_rows(database, "report_segments", SegmentRow),
        )


def print_explanation(explanation: Explanation) -> None:
    """Print what decided on the segments: tables on a terminal, plain text when piped."""
    console = result_console()
    console.print(f"[bold]{escape(explanation.verdict)}[/bold]")
    encoding = f"; encoding {explanation.encoding}" if explanation.encoding else ""
    console.print(f"run {explanation.run_id}: k={explanation.n_clusters}{encoding}\n", markup=False)
    _print_encodings(console, explanation.encodings)
    by_k = "silhouette by k; ARI: 1 where other random seeds or bootstrap resamples give the same segments"
    print_table(console, by_k, _k_rows(explanation.k_scores))
    _print_components(console, explanation)
    associations = _association_rows(explanation.column_associations)
    print_table(console, "how well a column alone predicts the segment, 0 to 1", associations)
    if any(row.stability is not None for row in explanation.segments):
        print_table(console, "stability: how much of a segment comes back, 0 to 1", _stability_rows(explanation))


def _print_encodings(console: Console, encodings: Sequence[TriedRow]) -> None:
    if not encodings:
        console.print("no encoding was compared with another\n")
        return
    print_table(console, "encodings on a sample; permuted: each column shuffled on its own, and the gain over that; "
                         "one population: the gain over one whose columns are as correlated as these", [
        {
            "encoding": row.encoding,
            "columns": number(row.n_columns, ","),
            "k": number(row.k, ","),
            "silhouette": number(row.silhouette, ".4f"),
            "permuted": number(row.null_silhouette, ".4f"),
            "gain": number(row.silhouette_gain, "+.4f"),
            "one population": number(row.population_gain, "+.4f"),
            "why": f"selected: {row.reason}" if row.is_chosen else row.reason,
        }
        for row in encodings
    ])  # fmt: skip


def _k_rows(scores: Sequence[KRow]) -> list[dict[str, str]]:
    return [
        {
            "k": str(row.k),
            "silhouette": number(row.silhouette, ".4f"),
            "permuted": number(row.null_silhouette, ".4f"),
            "gain": number(row.silhouette_gain, "+.4f"),
            "one population": number(row.population_gain, "+.4f"),
            "ARI seeds": number(row.ari_seeds, ".2f"),
            "ARI bootstrap": number(row.ari_bootstrap, ".2f"),
            "smallest": number(row.smallest_segment, ","),
            "why": f"chosen: {row.reason}" if row.is_chosen else row.reason,
        }
        for row in scores
    ]


def _print_components(console: Console, explanation: Explanation) -> None:
    if not explanation.components:
        console.print("no components: the features are used as they are\n")
        return
    shown, n_all = explanation.components[:_MAX_COMPONENTS], len(explanation.components)
    of_all = f", the {len(shown)} strongest of {n_all}" if len(shown) < n_all else ""
    print_table(console, f"components: what the columns have in common{of_all}", [
        {
            "component": str(row.component),
            "variance": number(row.variance, ".3g"),
            "permuted": number(row.null_variance, ".3g"),
            "what it is": row.description,
            "strongest loadings": _strongest(explanation.loadings, row.component),
        }
        for row in shown
    ])  # fmt: skip


def _strongest(loadings: Sequence[LoadingRow], component: int) -> str:
    own = [row for row in loadings if row.component == component][:_MAX_LOADINGS]
    return ", ".join(f"{row.feature} {row.loading:+.2f}" for row in own)


def _association_rows(associations: Sequence[ColumnAssociationRow]) -> list[dict[str, str]]:
    return [
        {"column": row.source_column, "association": number(row.association, ".2f"), "how": row.reason}
        for row in associations
    ]


def _stability_rows(explanation: Explanation) -> list[dict[str, str]]:
    return [
        {
            "id": str(row.segment_id),
            "customers": f"{row.customers:,}",
            "stability": number(row.stability, ".2f"),
            "name": row.name,
        }
        for row in explanation.segments
    ]
