"""What a run shows in Prefect: progress, sizes, a summary; nothing where there is no flow run."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.context import FlowRunContext, TaskRunContext

from tasks.progress import Progress, now_and_then, told_progress
from tasks.steps import prefect_task
from warehouse.ledger import read_manifest
from warehouse.opening import published
from warehouse.run import Run
from warehouse.tables import read_dicts

logger = logging.getLogger(__name__)


@contextmanager
def progress_of(step: str) -> Iterator[Progress]:
    """Give a step its progress: told to log and terminal, and in a Prefect task shown as ``<step>-progress``."""
    with told_progress(step) as told, _shown_in_prefect(step) as show:

        def progress(words: str, done: int, total: int) -> None:
            told(words, done, total)
            show(words, done, total)

        yield progress


@contextmanager
def _shown_in_prefect(step: str) -> Iterator[Progress]:
    """Give a function that shows progress as a Prefect artifact; nothing where there is no task run."""
    if TaskRunContext.get() is None:
        yield lambda words, done, total: None
        return
    artifact = _Artifact(step)
    with now_and_then(artifact.show) as show:
        yield show
    artifact.complete()


class _Artifact:
    """The progress artifact of a step; whatever keeps Prefect from showing it, the night goes on without."""

    def __init__(self, step: str) -> None:
        self._step = step
        self._is_shown = True
        # An id and not a coroutine, as there is no event loop here.
        self._id: Any = self._asked(
            create_progress_artifact, progress=0.0, key=f"{step}-progress", description=f"{step} started"
        )

    def show(self, words: str, done: int, total: int) -> None:
        """Show how far the step is."""
        self._asked(update_progress_artifact, self._id, progress=100.0 * done / max(total, 1), description=words)

    def complete(self) -> None:
        """Show that the step is through, whatever it counted."""
        self._asked(update_progress_artifact, self._id, progress=100.0)

    def _asked(self, ask: Callable[..., Any], *arguments: Any, **facts: Any) -> Any:
        try:
            return ask(*arguments, **facts) if self._is_shown else None
        except Exception as error:
            self._is_shown = False
            logger.warning("the progress of %s could not be shown in Prefect: %s", self._step, error)
            return None


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
