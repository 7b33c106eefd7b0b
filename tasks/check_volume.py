"""Refuse a delivery with far fewer rows than previous runs, before any expensive step."""

from dataclasses import dataclass
from statistics import median

from schemas.dataset import file_settings_of
from schemas.errors import DataRefused
from schemas.loading import load_dataset
from schemas.shown import counted
from tasks.delivery.delivered import Delivery
from tasks.ingest import Ingested
from tasks.run.step import recorded
from warehouse.home.ledger import is_of_dataset, previous_runs, read_manifests, step_record
from warehouse.home.run import Run

#: Published runs whose median is what a run is expected to hold: a week of nightly runs.
RUNS_COMPARED = 7


@dataclass(frozen=True)
class Volume:
    """How many rows were delivered, compared with the previous runs.

    Attributes:
        usual_rows: median of the rows read by the previous published runs, empty ones aside; None where there is none.
        runs: how many runs that is the median of.
    """

    usual_rows: float | None
    runs: int
    notes: tuple[str, ...]


@recorded
def check_volume(run: Run, delivery: Delivery, ingested: Ingested) -> Volume:
    """Compare the rows read, empty ones aside, with the median of the previous published runs of the dataset.

    Raises:
        DataRefused: they are far fewer, and the order does not accept that.
    """
    rows_read = ingested.rows_read - ingested.rows_empty
    rows = counted(rows_read, "row")
    earlier = [
        previous["rows_read"] - step_record(previous, "ingest").get("rows_empty", 0)
        for previous in previous_runs(run, at_most=RUNS_COMPARED)
    ]
    if not earlier:
        return Volume(None, 0, (f"{rows}; no previous run of this dataset to compare with{_others(run)}",))
    usual = float(median(earlier))
    found = f"{rows}, {rows_read / usual:.1%} of {_usual(usual, len(earlier))}"
    smallest = file_settings_of(load_dataset(run.order.dataset)).min_volume_share
    if rows_read >= smallest * usual:
        return Volume(usual, len(earlier), (found,))
    if run.order.accept_volume:
        return Volume(usual, len(earlier), (f"{found}; accepted (--accept-volume)",))
    raise DataRefused(
        f"{delivery.source_file}: {found}; expected at least {smallest:.0%} (min_volume_share in the schema): "
        "deliver the whole file, or take it as it is with --accept-volume"
    )


def _others(run: Run) -> str:
    """Return of which dataset the last published run is instead, in words; empty where there is none."""
    published = [manifest for manifest in read_manifests(run.home) if manifest["status"] == "published"]
    if not published or is_of_dataset(published[-1], run.record):
        return ""
    return f": the last published one is of {published[-1]['dataset']}, which declares other columns"


def _usual(rows: float, runs: int) -> str:
    return f"the {rows:,.0f} of the previous run" if runs == 1 else f"{rows:,.0f}, the median of the last {runs} runs"
