"""The result of a run as small frozen dataclasses, the same for the command line, Prefect and JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.page import DriftRow, SegmentDriftRow
from warehouse.connection import published, read_sql
from warehouse.home.directory import Home
from warehouse.home.ledger import notes_of, readable_manifest
from warehouse.home.run import Run
from warehouse.page import read_drift
from warehouse.tables import read_dicts


@dataclass(frozen=True)
class RunSummary:
    """How a run ended.

    Attributes:
        run_id: the run whose tables are published now.
        is_new: False where the same file was published before and nothing was done.
        message: the same in words.
    """

    run_id: str
    is_new: bool
    message: str


@dataclass(frozen=True)
class Picture:
    """The published run as people look at it: the run, its segments, k curve, rejected rows, notes and drift."""

    summary: RunSummary
    run: dict[str, Any]
    segments: list[dict[str, Any]]
    k_scores: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    notes: list[str]
    public_notes: list[str]
    drift: tuple[DriftRow, ...]
    segment_drift: tuple[SegmentDriftRow, ...]
    published_file: str
    report_file: str


def nothing_new(run: Run, earlier_run_id: str) -> RunSummary:
    """Return the summary of a run that had nothing to do."""
    verb = "is" if len(run.order.sources) == 1 else "are"
    return RunSummary(
        earlier_run_id,
        False,
        f"nothing new: {' + '.join(run.order.sources)} {verb} already published with the same settings, "
        + "; ".join([f"as run {earlier_run_id}; --force runs it again", *notes_of(run)]),
    )


def picture_of(home: Home, summary: RunSummary) -> Picture:
    """Return the published run, read back from the published file."""
    record = readable_manifest(home.manifest_file(summary.run_id)) or {}
    with published(home) as database:
        run = read_dicts(database, "SELECT * FROM runs WHERE run_id = $run_id", {"run_id": summary.run_id})[0]
        drift, segment_drift = read_drift(database, run["as_of"])
        return Picture(
            summary=summary,
            run=run,
            segments=read_dicts(database, "SELECT * FROM segments ORDER BY segment_id"),
            k_scores=read_dicts(database, "SELECT * FROM k_scores ORDER BY k"),
            rejected=read_dicts(database, read_sql("count_rejected")),
            notes=record.get("notes", []),
            public_notes=record.get("public_notes", []),
            drift=drift,
            segment_drift=segment_drift,
            published_file=str(home.published_file),
            report_file=str(home.report_file(summary.run_id)),
        )


def verdict_level(run: Mapping[str, Any]) -> str:
    """Return the level of a run's verdict: strong, weak or none; empty where the run has no verdict."""
    return run.get("verdict_level") or (run.get("verdict") or "").partition(":")[0]  # runs before version 0.2.0
