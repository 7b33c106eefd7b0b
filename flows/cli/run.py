"""``segments run``: run once in this process, as a Prefect flow if a server is configured."""

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_type_hints

from cyclopts import Parameter, Token

from flows.cli.live import live_view
from flows.environment import named_server, use_server
from flows.server import is_heard
from flows.server_run import run_on_server, warn
from schemas.errors import UsageError
from schemas.shown import shown, shown_lines
from warehouse.home.directory import Home
from warehouse.home.ledger import read_manifests
from warehouse.home.run import Order

if TYPE_CHECKING:
    from flows.summary import RunSummary

_PACKAGES = ("flows", "tasks", "warehouse")


def _whole_number(_: type, tokens: Sequence[Token]) -> int:
    """Read a number as it is written; 3.9 is an error, which cyclopts would round."""
    try:
        return int(tokens[0].value)
    except ValueError:
        raise ValueError(f"{tokens[0].value!r} is not a whole number") from None


_Whole = Parameter(converter=_whole_number)


class Options(Order):  # noqa: D101
    __doc__ = Order.__doc__
    # Without the bounds of the numbers: cyclopts reads them all, so that a run out of bounds is recorded as failed.
    __annotations__ = get_type_hints(Order) | {
        "source": Annotated[tuple[str, ...], Parameter(negative="", show_default=False)],
        "home": Annotated[str, Parameter(env_var="SEGMENTS_HOME")],
        "k": Annotated[int | None, _Whole],
        "k_min": Annotated[int, _Whole],
        "k_max": Annotated[int, _Whole],
        "seed": Annotated[int, _Whole],
    }


_NOTHING = Options()


def run(
    options: Annotated[Options, Parameter(name="*")] = _NOTHING, *, json: bool = False, debug: bool = False
) -> None:
    """Run what was ordered and print what it came to.

    Parameters
    ----------
    json
        Print the result as JSON.
    debug
        Show Prefect's log, and the traceback of a failure.

    Raises:
    ------
    SegmentsError
        The run failed; with a note where it was published before that, as whatever ends this early has.
    """
    if not options.sources:
        raise UsageError("no SOURCE is named; name a customers file, as in: segments run customers.csv")
    with _publication_noted(options):
        with progress_shown(debug=debug):
            summary = _run(options, debug=debug)
        _print(options, summary, as_json=json)


@contextmanager
def progress_shown(*, debug: bool) -> Iterator[None]:
    """Show on a terminal how the run goes on; a scheduled run's error output stays free for errors."""
    if debug or not sys.stderr.isatty():
        with _logged(logging.INFO if debug else logging.CRITICAL):
            yield
        return
    with live_view() as is_shown, _logged(logging.WARNING if is_shown else logging.INFO):
        yield


def _run(order: Order, *, debug: bool) -> "RunSummary":
    # Loading pandas and scikit-learn takes seconds, in which the live view already moves.
    from tasks.run.lifecycle import refuse_early

    refuse_early(order)
    from flows.night import nights

    url = named_server()
    if url is None:
        return nights(order, told=_told)
    if not is_heard(url):
        warn(f"Prefect's server at {url} does not answer; this run is not shown there", sys.stderr)
        return nights(order, told=_told)
    use_server(url, debug=debug)
    return run_on_server(order, url, debug=debug)


def _told(words: str) -> None:
    """Show a day of a backfill on a terminal; a scheduled run's error output stays free for errors."""
    if sys.stderr.isatty():
        print(shown(words), file=sys.stderr)


def _print(order: Order, summary: "RunSummary", *, as_json: bool) -> None:
    from flows.cli.picture import print_json, print_picture
    from flows.summary import picture_of

    picture = picture_of(Home(Path(order.home)), summary)
    print_json(picture) if as_json else print_picture(picture)


@contextmanager
def _publication_noted(order: Order) -> Iterator[None]:
    """Note on an error that ends this process that its run was published before; the published file shows it."""
    begun = datetime.now(UTC)
    try:
        yield
    except BaseException as error:
        if run_id := _published_here(order, begun):
            error.add_note(f"run {run_id} was published before that")
        raise


def _published_here(order: Order, since: datetime) -> str | None:
    """Return the run that this process has published since a moment; None where it has published none."""
    from warehouse.integrity import published_state

    home = Home(Path(order.home))
    for record in reversed(read_manifests(home)):
        is_ours = record.get("process") == os.getpid() and datetime.fromisoformat(record["started_at"]) >= since
        if is_ours and record.get("published_sha256"):
            # Between the swap and its record only the file shows it.
            is_published = record["status"] == "published" or published_state(home).run_id == record["run_id"]
            return str(record["run_id"]) if is_published else None
    return None


class _Formatter(logging.Formatter):
    """A formatter for a terminal, which no text of a file steers."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback where there is one."""
        return shown_lines(super().format(record))


@contextmanager
def _logged(level: int) -> Iterator[None]:
    """Print the log of our packages from a level on."""
    printed = logging.StreamHandler()
    printed.setLevel(level)
    printed.setFormatter(_Formatter("%(asctime)s  %(message)s", datefmt="%H:%M:%S"))
    loggers = [logging.getLogger(name) for name in _PACKAGES]
    for logger in loggers:
        logger.addHandler(printed)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(printed)
