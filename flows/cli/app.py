"""The command line: ``segments``, also ``python -m flows``."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

from cyclopts import App, CycloptsError, Parameter

from schemas.errors import SegmentsError, UsageError

_HELP = """Customer segments every night: a customers file in, one DuckDB file out.

Exit codes:

0   published, or nothing new to do

1   unexpected failure

2   wrong usage or settings

65  the data was refused, nothing published

73  the home cannot be written

75  another run is under way
"""

app = App(
    name="segments",
    help=_HELP,
    version_flags=["--version"],
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
)

HomeOption = Annotated[
    Path, Parameter(env_var="SEGMENTS_HOME", help="Directory of the published file and of the runs.")
]


@app.command(usage="Usage: segments run SOURCE... [OPTIONS]")
def run(
    *source: str,
    dataset: str = "customers",
    home: HomeOption = Path("data"),
    k: int | None = None,
    k_min: int = 2,
    k_max: int = 10,
    as_of: date | None = None,
    seed: int = 0,
    force: bool = False,
    accept_volume: bool = False,
    encoding: str = "auto",
    json: bool = False,
    debug: bool = False,
) -> None:
    """Run the whole night on a customers file: load, check, segment, publish. No server is needed.

    Example: segments run samples/customers.csv

    Example: segments run customers.csv repaired.csv

    Parameters
    ----------
    source
        The customers file, or a directory whose newest file is taken; several make one night together.
    dataset
        What declares the file: a name in schemas/, or the path of a Python file.
    k
        Fixed number of segments; left out, k is chosen by silhouette.
    k_min
        Smallest k tried.
    k_max
        Largest k tried.
    as_of
        Day that the run speaks for, as 2027-01-31; today in UTC if left out.
    seed
        Seed of everything random: the same file and seed give the same segments.
    force
        Run although the same file is published with the same settings.
    accept_volume
        Run although the delivery holds far fewer rows than the last nights.
    encoding
        auto takes the encoding whose segments stand out most; or one of standard, numbers, mixed, brackets, single.
    json
        Print the result as JSON.
    debug
        Show Prefect's log, and the traceback of a failure.
    """
    if not source:
        raise UsageError("no SOURCE is named; name a customers file, as in: segments run customers.csv")
    from flows.cli.run import run_night
    from warehouse.home.run import Order

    order = Order(
        source[0] if len(source) == 1 else source,
        dataset,
        str(home),
        k,
        k_min,
        k_max,
        as_of,
        seed,
        force,
        accept_volume,
        encoding,
    )
    run_night(order, as_json=json, debug=debug)


@app.command
def query(sql: str, *, home: HomeOption = Path("data")) -> None:
    """Run SQL on the published file, read-only: a table on a terminal, CSV when piped.

    Example: segments query "SELECT name, customers FROM segments ORDER BY segment_id"

    Parameters
    ----------
    sql
        One statement; it can read the published tables and nothing else.
    """
    from flows.cli.show import show_rows
    from warehouse.home.directory import Home
    from warehouse.querying import query_published

    show_rows(*query_published(Home(home), sql))


@app.command
def explain(*, home: HomeOption = Path("data"), json: bool = False) -> None:
    """Explain the published segments: why this encoding, why as many, what they rest on, and how steady they are.

    Parameters
    ----------
    json
        Print it as JSON.
    """
    from flows.cli.explain import explanation_of, show_explanation
    from warehouse.home.directory import Home

    show_explanation(explanation_of(Home(home)), as_json=json)


@app.command
def report(run_id: str | None = None, *, home: HomeOption = Path("data"), open: bool = False) -> None:
    """Print where the report of a run is.

    Parameters
    ----------
    run_id
        The run; the published one if left out.
    open
        Open the report in a browser.
    """
    import webbrowser

    from warehouse.home.directory import Home
    from warehouse.runs import report_file

    path = report_file(Home(home), run_id)
    print(path)
    if open:
        webbrowser.open(path.resolve().as_uri())


@app.command
def rejects(
    run_id: str | None = None, *, csv: Path | None = None, home: HomeOption = Path("data"), force: bool = False
) -> None:
    """Give the rejected rows of a run back: a table on a terminal, or a CSV to mend and to run again.

    The CSV has the shape of the delivered file, with the line and the reason in front of each row. Mended, it is run
    beside that file: segments run customers.csv mended.csv

    Parameters
    ----------
    run_id
        The run; the newest one whose rows were judged if left out.
    csv
        The CSV file to write.
    force
        Write over a file that exists.
    """
    from flows.cli.rejects import show_rejects, write_rejects
    from warehouse.home.directory import Home

    show_rejects(Home(home), run_id) if csv is None else write_rejects(Home(home), run_id, csv, force=force)


@app.command
def runs(*, home: HomeOption = Path("data"), json: bool = False) -> None:
    """List the runs, the newest first, refused and failed ones too.

    Parameters
    ----------
    json
        Print the whole record of every run as JSON.
    """
    from flows.cli.show import show_runs
    from warehouse.home.directory import Home
    from warehouse.home.ledger import read_manifests

    show_runs(list(reversed(read_manifests(Home(home)))), as_json=json)


@app.command
def draft(source: str, *, output: Path | None = None, encoding: str | None = None, force: bool = False) -> None:
    """Draft the schema of a file that nobody declared: a Python file for a person to edit.

    Example: segments draft samples/customers.csv --output shop.py

    Parameters
    ----------
    source
        The file, or a directory whose newest file is taken.
    output
        The Python file to write; left out, the schema is printed.
    encoding
        Text encoding of the file, such as cp1252, where its bytes do not tell.
    force
        Write over a file that exists.
    """
    from flows.cli.draft import write_draft

    write_draft(source, output, encoding=encoding, force=force)


def main() -> None:
    """Run the command line and leave with its exit code; a failure is one line on stderr."""
    told: list[int] = []
    # What is ignored stays so, as nohup and a shell's background jobs want it.
    taken = [number for number in _STOPS if signal.getsignal(number) is not signal.SIG_IGN]
    _answer(taken, _listener(told))
    try:
        app(exit_on_error=False, print_error=False, result_action="return_none")
        sys.stdout.flush()
        _answer(taken, signal.SIG_DFL)  # all is said; what Python still does on its way out may simply end
        _end(0)
    except BrokenPipeError:
        # The reader of a pipe has seen enough; pointing stdout elsewhere keeps Python from complaining at exit.
        _answer(taken, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _end(0)
    except SystemExit:
        raise
    except BaseException as error:
        _answer(taken, signal.SIG_IGN)
        # DuckDB turns what a signal raises within a statement into an error of its own, Prefect into one of its own.
        if told or not isinstance(error, Exception):
            number = told[0] if told else signal.SIGTERM
            _leave(128 + number, f"stopped; {_after(error) or 'nothing was published'}")
        _leave_failed(error)


class _Stopped(BaseException):
    """A signal came; not an Exception, so that nothing takes it for a failure."""


_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_Answer = Callable[[int, FrameType | None], None] | signal.Handlers


def _answer(numbers: list[signal.Signals], answer: _Answer) -> None:
    for number in numbers:
        signal.signal(number, answer)


def _listener(told: list[int]) -> _Answer:
    """Return a listener that notes the first signal and raises; while that one is answered, others change nothing."""

    def stop(number: int, frame: FrameType | None) -> None:
        if not told:
            told.append(number)
            raise _Stopped(number)

    return stop


def _leave_failed(error: BaseException) -> NoReturn:
    if isinstance(error, CycloptsError):
        _leave(2, f"{' '.join(str(error).split())} (see: segments --help)")
    published = f"; {_after(error)}" if _after(error) else ""
    if isinstance(error, SegmentsError):
        _leave(error.exit_code, f"{error}{published}")
    if "--debug" in sys.argv:
        traceback.print_exception(error)
    what = " ".join(f"unexpected {type(error).__name__}: {error}".split())
    _leave(1, f"{what} (--debug shows where){published}")


def _after(error: BaseException) -> str:
    """Return that the run was published before it ended so; empty where it was not."""
    return next(iter(getattr(error, "__notes__", [])), "")


def _leave(code: int, message: str) -> NoReturn:
    with suppress(OSError):  # the terminal may be gone
        print(f"segments: {message}", file=sys.__stderr__, flush=True)
    _end(code)


def _end(code: int) -> NoReturn:
    if "prefect" in sys.modules:
        from flows.cli.run import leave_lost_server

        leave_lost_server(code)
    sys.exit(code)
