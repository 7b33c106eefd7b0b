"""``segments runs``: list every run recorded in a home directory."""

from collections.abc import Sequence
from typing import Any

from flows.cli.options import DEFAULT_HOME, HomeOption
from flows.cli.tables import print_table, result_console
from flows.summary import verdict_level
from schemas.shown import shown_as_json
from warehouse.home.directory import Home
from warehouse.home.ledger import by_step, read_manifests

#: Columns that a terminal narrower than so many characters has no room for.
_COST, _MIN_WIDTH_FOR_COST = ("seconds", "peak MB"), 110


def runs(*, home: HomeOption = DEFAULT_HOME, json: bool = False) -> None:
    """List all runs, newest first.

    Parameters
    ----------
    json
        Print the whole record of every run as JSON.
    """
    manifests = list(reversed(read_manifests(Home(home))))
    print(shown_as_json(manifests)) if json else print_runs(manifests)


def print_runs(manifests: Sequence[dict[str, Any]]) -> None:
    """Print the records of runs as a table, and below it what the runs that did not publish ended with."""
    console = result_console()
    if not manifests:
        console.print("no runs yet; run: segments run SOURCE")
        return
    rows = [_run_row(manifest) for manifest in manifests]
    if console.is_terminal and console.width < _MIN_WIDTH_FOR_COST:
        rows = [{name: cell for name, cell in row.items() if name not in _COST} for row in rows]
    print_table(console, "runs", rows)
    for manifest in manifests:
        if manifest["status"] != "published":
            console.print(f"{manifest['run_id']}: {manifest['message']}", markup=False)


def _run_row(manifest: dict[str, Any]) -> dict[str, str]:
    def count(name: str) -> str:
        value = manifest.get(name)
        return "" if value is None else f"{value:,}"

    seconds, peaks = by_step(manifest, "seconds"), by_step(manifest, "peak_mb")
    return {
        "run": manifest["run_id"],
        "as of": manifest["as_of"],
        "status": manifest["status"],
        "source": manifest["source_name"],
        "read": count("rows_read"),
        "rejected": count("rows_rejected"),
        "k": count("n_clusters"),
        "seconds": f"{sum(seconds.values()):,.1f}" if seconds else "",
        "peak MB": f"{max(peaks.values()):,.0f}" if peaks else "",
        "verdict": verdict_level(manifest),
    }
