"""Write the page that lists all runs of a home, with links to their reports and the trend of the sizes."""

import os
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import UsageError
from schemas.loading import dataset_name
from schemas.page import SizeRow
from tasks.reporting.page import environment
from tasks.reporting.page_charts import Chart, sizes_chart
from warehouse.connection import published, read_sql
from warehouse.home.directory import Home, home_not_writable
from warehouse.home.ledger import Manifest, read_manifests
from warehouse.page import read_rows


@dataclass(frozen=True)
class ListedRun:
    """One run as the page lists it; the names are those of the columns of ``runs``."""

    run_id: str
    as_of: str
    status: str
    dataset: str
    source_name: str
    rows_loaded: int | None
    rows_rejected: int | None
    n_clusters: int | None
    verdict: str
    message: str
    has_report: bool


def index_runs(root: Path) -> Path:
    """Write ``runs/index.html`` and return its path.

    Args:
        root: the home.

    Raises:
        UsageError: the home has no run yet.
        HomeNotWritable: the page cannot be written.
    """
    home = Home(root)
    runs = [_listed(home, manifest) for manifest in reversed(read_manifests(home))]
    if not runs:
        raise UsageError(f"there is no run in {root} yet; run: segments run SOURCE{home.option}")
    text = environment().get_template("runs.html.jinja2").render(runs=runs, sizes=_sizes(home))
    page = home.runs / "index.html"
    partial = page.with_name(".index.html.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, page)
    except OSError as error:
        raise home_not_writable(page, error.strerror) from error
    return page


def _sizes(home: Home) -> Chart:
    """Return the sizes of the segments in the runs that the published file knows."""
    if not home.published_file.exists():
        return Chart(None, "Nothing is published yet.")
    with published(home) as database:
        sizes = read_rows(database, "charts/sizes", SizeRow)
    return sizes_chart(sizes, read_sql("charts/sizes"))


def _listed(home: Home, manifest: Manifest) -> ListedRun:
    return ListedRun(
        run_id=manifest["run_id"],
        as_of=manifest["as_of"],
        status=manifest["status"],
        dataset=dataset_name(manifest["dataset"]),
        source_name=manifest["source_name"],
        rows_loaded=manifest.get("rows_loaded"),
        rows_rejected=manifest.get("rows_rejected"),
        n_clusters=manifest.get("n_clusters"),
        verdict=_verdict(manifest),
        message=manifest.get("message") or "",
        has_report=home.report_file(manifest["run_id"]).is_file(),
    )


def _verdict(manifest: Manifest) -> str:
    words = manifest.get("verdict_words")  # runs before version 0.2.0 have none
    return f"{manifest['verdict_level']}: {words}" if words else manifest.get("verdict") or ""
