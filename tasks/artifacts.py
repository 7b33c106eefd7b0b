"""What a run shows in Prefect: progress over k, sizes, a summary; nothing where there is no flow run."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.context import FlowRunContext, TaskRunContext

from tasks.choice import Progress
from tasks.steps import prefect_task
from warehouse.ledger import read_manifest
from warehouse.opening import published
from warehouse.run import Run
from warehouse.tables import read_dicts

logger = logging.getLogger(__name__)


@contextmanager
def progress_over_k() -> Iterator[Progress]:
    """Give a function that shows the fits done as a Prefect progress artifact."""
    if TaskRunContext.get() is None:
        yield lambda k, done, total: None
        return
    artifact_id = cast(
        UUID,  # and not a coroutine, as there is no event loop here
        create_progress_artifact(progress=0.0, key="fits-over-k", description="k-means fits, one for each k"),
    )

    def show(k: int, done: int, total: int) -> None:
        update_progress_artifact(artifact_id, progress=100.0 * done / total, description=f"{done} of {total} fits done")

    yield show
    show(0, 1, 1)


def escape_markdown(text: str) -> str:
    """Return a text of a customers file as it can stand in a markdown table: no markup, no cell border."""
    replaced = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for mark in "\\`*_[]()#!|~":
        replaced = replaced.replace(mark, f"&#{ord(mark)};")
    return " ".join(replaced.split())


def show(run: Run) -> None:
    """Show the published run in Prefect: a table of sizes and a summary."""
    if FlowRunContext.get() is None:
        return
    with published(run.home) as database:
        segments = read_dicts(database, "SELECT segment_id, name, customers, share FROM segments ORDER BY segment_id")
        scores = read_dicts(database, "SELECT k, silhouette, chosen FROM k_scores ORDER BY k")
    try:
        create_table_artifact(table=_sizes(segments), key="segment-sizes", description=f"Segments of {run.as_of}")
        create_markdown_artifact(
            markdown=_summary(read_manifest(run.manifest_file), segments, scores),
            key="segment-summary",
            description=f"Summary of {run.run_id}",
        )
    except Exception as error:  # whatever keeps Prefect from showing it, the night is published
        logger.warning("the run is published, and could not be shown in Prefect: %s", error)


def _sizes(segments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows in plain types: Prefect writes JSON, and shows cells as markdown."""
    return [
        {
            "segment": int(row["segment_id"]),
            "name": escape_markdown(row["name"]),
            "customers": int(row["customers"]),
            "share": f"{row['share']:.1%}",
        }
        for row in segments
    ]


def _summary(manifest: dict[str, Any], segments: list[dict[str, Any]], scores: list[dict[str, Any]]) -> str:
    lines = [
        f"**{escape_markdown(manifest['verdict'])}**",
        "",
        f"{escape_markdown(manifest['source_name'])}: {manifest['rows_read']:,} rows read, "
        f"{manifest['rows_loaded']:,} customers, {manifest['rows_rejected']:,} rejected.",
        "",
        *(f"- {escape_markdown(note)}" for note in manifest["notes"]),
        "",
        "| segment | name | customers | share |",
        "|---|---|---|---|",
        *(
            f"| {row['segment_id']} | {escape_markdown(row['name'])} | {row['customers']:,} | {row['share']:.1%} |"
            for row in segments
        ),
        "",
        "| k | silhouette | |",
        "|---|---|---|",
        *(f"| {row['k']} | {_silhouette(row['silhouette'])} | {'chosen' if row['chosen'] else ''} |" for row in scores),
    ]
    return "\n".join(lines)


def _silhouette(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


show_run = prefect_task("show-run")(show)
