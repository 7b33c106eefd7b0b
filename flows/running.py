"""``segments run``: the night in this process, as a flow run where a Prefect server is named."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flows.environment import named_server, set_defaults
from flows.server import is_heard
from schemas.errors import AnotherRunUnderWay, SegmentsError
from warehouse.home import Home
from warehouse.run import Order

if TYPE_CHECKING:
    from flows.summary import RunSummary

_PACKAGES = ("flows", "tasks", "warehouse")

#: Where the errors of Prefect's client come from.
_PREFECTS_OWN = ("prefect", "httpx", "httpcore")


def run_night(order: Order, *, as_json: bool, debug: bool) -> None:
    """Run the night that was ordered, as a flow run where a server is named, and print what it came to.

    Raises:
        SegmentsError: it failed; with a note where it was published before, as whatever ends this early has.
    """
    with _publication_noted(order):
        with progress_shown(debug=debug):
            summary = _run(order, debug=debug)
        _show(order, summary, as_json=as_json)


def _run(order: Order, *, debug: bool) -> "RunSummary":
    from flows.night import night
    from tasks.night import refuse_early

    refuse_early(order)
    url = named_server()
    if url is None:
        return night(order)
    if not is_heard(url):
        _warn(f"Prefect's server at {url} does not answer; this run is not shown there")
        return night(order)
    set_defaults(debug=debug)
    return _run_on_server(order, url, debug=debug)


def _run_on_server(order: Order, url: str, *, debug: bool) -> "RunSummary":
    """Run the flow; where its server is lost on the way, the night is published all the same.

    What Prefect's threads then complain of is many lines and no news.
    """
    from flows.night import night
    from flows.summary import RunSummary

    begun = datetime.now(UTC)
    try:
        with nullcontext() if debug else _silenced():
            return _run_flow(order)
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _PREFECTS_OWN:
            raise
        _warn(f"Prefect's server at {url} was lost; the run went on without it")
        if refused := _told_by(error):
            raise refused from error
        run_id = _published_here(order, begun)
        return RunSummary(run_id, True, f"published as run {run_id}") if run_id else night(order)


def _run_flow(order: Order) -> "RunSummary":
    from prefect.exceptions import CancelledRun

    from flows.segment_customers import segment_customers

    try:
        return cast("RunSummary", segment_customers(**asdict(order)))
    except CancelledRun as held:  # the flow cancels itself where the home is held
        raise AnotherRunUnderWay(str(held)) from held


def _told_by(error: BaseException | None) -> SegmentsError | None:
    """Return the failure of the night that Prefect could not report, if that is what an error came from."""
    while error is not None and not isinstance(error, SegmentsError):
        error = error.__cause__ or error.__context__
    return error


def leave_lost_server(code: int) -> None:
    """End this process at once where its server is lost: on its way out Prefect would try for minutes to reach it."""
    url = named_server()
    if url and not is_heard(url):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _warn(message: str) -> None:
    print(f"segments: {message}", file=sys.stderr)


@contextmanager
def _silenced() -> Iterator[None]:
    with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):
        yield


@contextmanager
def progress_shown(*, debug: bool) -> Iterator[None]:
    """Show on a terminal how the night goes on; a scheduled run's error output stays free for errors."""
    if debug or not sys.stderr.isatty():
        with _logged(logging.INFO if debug else logging.CRITICAL):
            yield
        return
    from flows.live import live_view

    with live_view() as is_shown, _logged(logging.WARNING if is_shown else logging.INFO):
        yield


@contextmanager
def _publication_noted(order: Order) -> Iterator[None]:
    """Note on whatever ends this process that its run is published; the file tells, at any moment."""
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
    from warehouse.ledger import read_manifests

    home = Home(Path(order.home))
    for record in reversed(read_manifests(home)):
        is_ours = record.get("process") == os.getpid() and datetime.fromisoformat(record["started_at"]) >= since
        if is_ours and record.get("published_sha256"):
            # Between the swap and its record only the file tells.
            is_published = record["status"] == "published" or published_state(home).run_id == record["run_id"]
            return str(record["run_id"]) if is_published else None
    return None


def _show(order: Order, summary: "RunSummary", *, as_json: bool) -> None:
    from flows.show import show_json, show_picture
    from flows.summary import picture_of

    picture = picture_of(Home(Path(order.home)), summary)
    show_json(picture) if as_json else show_picture(picture)


@contextmanager
def _logged(level: int) -> Iterator[None]:
    """Print the log of our packages from a level on."""
    shown = logging.StreamHandler()
    shown.setLevel(level)
    shown.setFormatter(logging.Formatter("%(asctime)s  %(message)s", datefmt="%H:%M:%S"))
    loggers = [logging.getLogger(name) for name in _PACKAGES]
    for logger in loggers:
        logger.addHandler(shown)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(shown)
