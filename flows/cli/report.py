"""``segments report``: print the path of a run's report or of the list of all runs, or open it in a browser."""

import webbrowser
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.cli.options import DEFAULT_HOME, HomeOption
from schemas.errors import UsageError
from warehouse.home.directory import Home
from warehouse.runs import report_file


def report(
    run_id: str | None = None,
    *,
    runs: Annotated[bool, Parameter(negative="")] = False,
    open: Annotated[bool, Parameter(negative="")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Print the path of a run's report, or of the page that lists all runs.

    Parameters
    ----------
    run_id
        The run; left out, the published one.
    runs
        Write the page that lists all runs, with the sizes of the segments over them.
    open
        Open the page in a browser.
    """
    if runs and run_id:
        raise UsageError("--runs lists all runs; leave RUN_ID out, or --runs")
    path = _index(home) if runs else report_file(Home(home), run_id)
    print(path)
    if open:
        webbrowser.open(path.resolve().as_uri())


def _index(home: Path) -> Path:
    from tasks.index_runs import index_runs  # loads pandas

    return index_runs(home)
