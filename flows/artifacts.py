"""What a flow run shows in Prefect: progress, sizes, a summary, a link to the report."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows.summary import Picture
from tasks.run.progress import Event, StepEnded, StepProgressed, StepStarted, now_and_then, watched_by

logger = logging.getLogger(__name__)


#: The steps that take long enough to be watched.
_WATCHED = ("encode", "cluster")

#: What markdown takes for markup -> the same as text.
_ESCAPED = {ord(mark): f"&#{ord(mark)};" for mark in "&<>\\`*_[]()#!|~"}


class Artifacts:
    """The artifacts of one flow run; once Prefect cannot be reached, the run goes on without them."""

    def __init__(self) -> None:
        self._is_reached = True
        self._progress: dict[str, _Progress] = {}

    @contextmanager
    def progress(self) -> Iterator[None]:
        """Show how far the long steps are, each as the artifact ``<step>-progress`` of its task."""
        with watched_by(self._watch):
            yield

    def show_run(self, picture: Picture) -> None:
        """Show a published run: a table of sizes, a summary, and a link to its report."""
        run_id, report = picture.summary.run_id, Path(picture.report_file).resolve().as_uri()
        of_run = f"Run {run_id} of {picture.run['as_of']}"
        self.ask(create_table_artifact, table=_sizes(picture), key="segment-sizes", description=of_run)
        self.ask(create_markdown_artifact, markdown=summary_of(picture), key="segment-summary", description=of_run)
        self.ask(create_link_artifact, link=report, link_text="report.html", key="segment-report", description=of_run)

    def ask(self, ask: Callable[..., Any], *arguments: Any, **facts: Any) -> Any:
        """Ask Prefect for something; None where it cannot be reached, and from then on."""
        try:
            return ask(*arguments, **facts) if self._is_reached else None
        except Exception as error:
            self._is_reached = False
            logger.info("the run cannot be shown in Prefect: %s", error)
            return None

    def _watch(self, event: Event) -> None:
        match event:
            case StepStarted(step) if step in _WATCHED:
                self._progress[step] = _Progress(self, step)
            case StepProgressed(step) if step in self._progress:
                self._progress[step].show(event)
            case StepEnded(step) if step in self._progress:
                self._progress[step].complete()


class _Progress:
    """The progress artifact of a step."""

    def __init__(self, artifacts: Artifacts, step: str) -> None:
        self._artifacts = artifacts
        self._held = ExitStack()
        self._show = self._held.enter_context(now_and_then(self._update))
        # An id and not a coroutine, as there is no event loop here.
        self._id: Any = artifacts.ask(
            create_progress_artifact, progress=0.0, key=f"{step}-progress", description=f"{step} started"
        )

    def show(self, progressed: StepProgressed) -> None:
        """Show how far the step is, at most once a second."""
        self._show(progressed.words, progressed.done, progressed.total)

    def complete(self) -> None:
        """Show that the step is done, whatever it counted."""
        self._held.close()
        self._artifacts.ask(update_progress_artifact, self._id, progress=100.0)

    def _update(self, words: str, done: int, total: int) -> None:
        share = 100.0 * done / max(total, 1)
        self._artifacts.ask(update_progress_artifact, self._id, progress=share, description=words)


def escape_markdown(text: str) -> str:
    """Return a text of a customers file with nothing that markdown would take for markup or a cell border."""
    return " ".join(text.translate(_ESCAPED).split())


def _sizes(picture: Picture) -> list[dict[str, Any]]:
    """Return the rows in plain types: Prefect writes JSON, and shows cells as markdown."""
    return [
        {
            "segment": int(row["segment_id"]),
            "name": escape_markdown(row["name"]),
            "customers": int(row["customers"]),
            "share": f"{row['share']:.1%}",
        }
        for row in picture.segments
    ]


def summary_of(picture: Picture) -> str:
    """Return what a run found, in markdown: verdict, notes, sizes, silhouettes and drift."""
    run = picture.run
    lines = [
        f"**{escape_markdown(run['verdict'])}**",
        "",
        f"{escape_markdown(run['source_name'])}: {run['rows_read']:,} rows read, "
        f"{run['rows_loaded']:,} customers, {run['rows_rejected']:,} rejected.",
        "",
        *(f"- {escape_markdown(note)}" for note in picture.notes),
        "",
        "| segment | name | customers | share |",
        "|---|---|---|---|",
        *(
            f"| {row['segment_id']} | {escape_markdown(row['name'])} | {row['customers']:,} | {row['share']:.1%} |"
            for row in picture.segments
        ),
        "",
        "| k | silhouette | |",
        "|---|---|---|",
        *(
            f"| {row['k']} | {_silhouette(row['silhouette'])} | {'chosen' if row['chosen'] else ''} |"
            for row in picture.k_scores
        ),
        *_drift(picture),
    ]
    return "\n".join(lines)


def _drift(picture: Picture) -> Iterator[str]:
    """Yield how far columns and segments have drifted; nothing of the run that formed the model."""
    if not picture.drift:
        return
    yield from ("", f"Drift since {picture.drift[0].reference_date}:", "")
    yield from ("| column | item | PSI | drift | largest change |", "|---|---|---|---|---|")
    for row in picture.drift:
        item, reason = escape_markdown(row.value or ""), escape_markdown(row.reason)
        yield f"| {escape_markdown(row.source_column)} | {item} | {row.psi:.3f} | {row.level} | {reason} |"
    if picture.segment_drift:
        yield from ("", "| segment | feature | then | now | standard deviations |", "|---|---|---|---|---|")
    for moved in picture.segment_drift:
        means = f"{moved.reference_mean:,.4g} | {moved.mean:,.4g}"
        difference = f"{moved.standardized_difference:+.2f}"
        yield f"| {moved.segment_id} | {escape_markdown(moved.feature)} | {means} | {difference} |"


def _silhouette(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
