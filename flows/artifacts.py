"""What a flow run shows in Prefect: progress, sizes, every k tried, rejected rows, a summary, a link to the report."""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from schemas.private import without_values
from schemas.reject_codes import REJECT_CODES
from schemas.shown import counted, shown
from tasks.continuity.drift import reason_in_message
from tasks.run.progress import Event, StepEnded, StepProgressed, StepStarted, now_and_then, watched_by

logger = logging.getLogger(__name__)


#: The steps that take long enough to be watched.
_WATCHED = ("encode", "cluster")

#: Kinds of fault that are shown, the most frequent first.
_REJECTED_SHOWN = 20

#: What markdown would take for markup, a link or a cell border. Prefect's newer pages show the cells of a table
#: artifact as they are and the older ones as markdown, so that what is markup nowhere has no backslash.
_MARKUP = re.compile(
    r"[\\`*\[|<~@] | (?<![^\W_])_ | _(?![^\W_]) | ^[#>+=-] | &(?=\#?\w+;) | :(?=//) | (?<=www)\.", re.VERBOSE
)


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
        """Show a published run: tables of sizes, every k tried and rejected rows, a summary, a link to its report."""
        run_id, report = picture.summary.run_id, Path(picture.report_file).resolve().as_uri()
        of_run = f"Run {run_id} of {picture.run['as_of']}"
        self.ask(create_table_artifact, table=_sizes(picture), key="segment-sizes", description=of_run)
        self.ask(create_table_artifact, table=_k_scores(picture), key="k-scores", description=of_run)
        self._show_rejected(of_run, picture.run, picture.rejected)
        self.ask(create_markdown_artifact, markdown=summary_of(picture), key="segment-summary", description=of_run)
        # A browser follows no link from a page of a server to a file.
        how = f"{of_run}: open it with `segments report {run_id} --open`, or copy the address of the link"
        self.ask(create_link_artifact, link=report, link_text="report.html", key="segment-report", description=how)

    def show_unpublished(self, record: Mapping[str, Any]) -> None:
        """Show a run that published nothing, from its manifest: its rejected rows and a summary."""
        of_run, summary = f"Run {record['run_id']} of {record['as_of']}", unpublished_in_words(record)
        self._show_rejected(of_run, record, record.get("rejected", ()))
        self.ask(create_markdown_artifact, markdown=summary, key="segment-summary", description=of_run)

    def _show_rejected(self, of_run: str, run: Mapping[str, Any], groups: Sequence[Mapping[str, Any]]) -> None:
        in_words = f"{of_run}: {rejected_in_words(run, len(groups))}"
        self.ask(create_table_artifact, table=rejected_table(groups), key="rejected-rows", description=in_words)

    def ask(self, ask: Callable[..., Any], *arguments: Any, **facts: Any) -> Any:
        """Ask Prefect for something; None where it cannot be reached, and from then on."""
        try:
            return ask(*arguments, **facts) if self._is_reached else None
        except Exception as error:
            self._is_reached = False
            logger.info("the run cannot be shown in Prefect: %s", type(error).__name__)
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
    return _MARKUP.sub(r"\\\g<0>", shown(" ".join(text.split())))


def _sizes(picture: Picture) -> list[dict[str, Any]]:
    """Return the rows in plain types, as Prefect writes JSON."""
    return [
        {
            "segment": int(row["segment_id"]),
            "name": escape_markdown(row["name"]),
            "customers": int(row["customers"]),
            "share": f"{row['share']:.1%}",
        }
        for row in picture.segments
    ]


def _k_scores(picture: Picture) -> list[dict[str, Any]]:
    return [
        {
            "k": int(row["k"]),
            "silhouette": _silhouette(row["silhouette"]),
            "gain": "" if row["silhouette_gain"] is None else f"{row['silhouette_gain']:+.4f}",
            "smallest segment": row["smallest_segment"],
            "chosen": "chosen" if row["chosen"] else "",
            "why": row["reason"],
        }
        for row in picture.k_scores
    ]


def rejected_table(groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the most frequent kinds of fault; no value, and no reason, as it quotes one."""
    return [
        {
            "rows": int(group["n_rows"]),
            "code": group["code"],
            "column": escape_markdown(group["column_name"] or ""),
            "file": escape_markdown(group["first_source"]),
            "first line": int(group["first_line"]),
            "meaning": REJECT_CODES[group["code"]],
        }
        for group in groups[:_REJECTED_SHOWN]
    ]


def rejected_in_words(run: Mapping[str, Any], n_groups: int) -> str:
    """Return how many rows of a run were rejected, and of how many kinds of fault the table leaves some out."""
    if run["rows_rejected"] is None:
        return "its rows were not checked"
    shown = f"the {_REJECTED_SHOWN} most frequent of {n_groups:,} kinds of fault are shown"
    rest = f"; {shown}" if n_groups > _REJECTED_SHOWN else ""
    return f"{run['rows_rejected']:,} of {run['rows_read']:,} rows rejected{rest}"


def unpublished_in_words(record: Mapping[str, Any]) -> str:
    """Return how a run ended that published nothing, in markdown; without its message, which may quote a row."""
    rejected = rejected_in_words(record, n_groups=0)
    return (
        f"**{record['status']}: nothing was published, and the published file is as before.**\n\n"
        f"{escape_markdown(record['source_name'])}: {rejected}. `segments runs` prints why."
    )


def summary_of(picture: Picture) -> str:
    """Return what a run found, in markdown: verdict, notes, sizes, silhouettes and drift."""
    run = picture.run
    lines = [
        f"**{escape_markdown(run['verdict'])}**",
        "",
        f"{escape_markdown(run['source_name'])}: {counted(run['rows_read'], 'row')} read, "
        f"{counted(run['rows_loaded'], 'customer')}, {run['rows_rejected']:,} rejected.",
        "",
        *(f"- {escape_markdown(note)}" for note in picture.public_notes),
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
        item, reason = escape_markdown(row.value or ""), escape_markdown(without_values(reason_in_message(row.reason)))
        yield f"| {escape_markdown(row.source_column)} | {item} | {row.psi:.3f} | {row.level} | {reason} |"
    if picture.segment_drift:
        yield from ("", "| segment | feature | then | now | standard deviations |", "|---|---|---|---|---|")
    for moved in picture.segment_drift:
        means = f"{moved.reference_mean:,.4g} | {moved.mean:,.4g}"
        difference = f"{moved.standardized_difference:+.2f}"
        yield f"| {moved.segment_id} | {escape_markdown(moved.feature)} | {means} | {difference} |"


def _silhouette(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
