"""``segments report``: print the path of a run's report, or open the report in a browser."""

import webbrowser

from flows.cli.options import DEFAULT_HOME, HomeOption
from warehouse.home.directory import Home
from warehouse.runs import report_file


def report(run_id: str | None = None, *, home: HomeOption = DEFAULT_HOME, open: bool = False) -> None:
    """Print the path of a run's report.

    Parameters
    ----------
    run_id
        The run; left out, the published one.
    open
        Open the report in a browser.
    """
    path = report_file(Home(home), run_id)
    print(path)
    if open:
        webbrowser.open(path.resolve().as_uri())
