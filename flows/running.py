"""``segments run``: the flow in this process, against a temporary Prefect server or the one that is named."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from prefect.exceptions import CancelledRun
from prefect.settings import PREFECT_API_URL

from flows.server import refuse_silent_server, temporary_server
from schemas.errors import AnotherRunUnderWay, SegmentsError
from warehouse.home import Home
from warehouse.run import Order

if TYPE_CHECKING:
    from flows.summary import RunSummary

_PACKAGES = ("flows", "tasks", "warehouse")


def run_night(order: Order, *, as_json: bool, debug: bool) -> None:
    """Run the night that was ordered and print what it came to.

    Raises:
        SegmentsError: it failed; with a note where it was published before, as whatever ends this early has.
    """
    with _publication_noted(order):
        if url := PREFECT_API_URL.value():
            _run_on_server(url, order, as_json=as_json, debug=debug)
        else:
            _run_on_temporary_server(order, as_json=as_json, debug=debug)


def _run_on_server(url: str, order: Order, *, as_json: bool, debug: bool) -> None:
    with progress_shown(debug=debug):
        run_flow = _flow_for(order)
        with _recorded(order):
            refuse_silent_server(url)
        summary = run_flow()
    _show(order, summary, as_json=as_json)


def _run_on_temporary_server(order: Order, *, as_json: bool, debug: bool) -> None:
    with temporary_server() as server:
        # The server has begun by now, as no process is to be started once a thread draws.
        with progress_shown(debug=debug):
            run_flow = _flow_for(order)
            with _recorded(order):
                server.wait()
            with server.in_use():
                summary = run_flow()
        _show(order, summary, as_json=as_json)


@contextmanager
def progress_shown(*, debug: bool) -> Iterator[None]:
    """Show on a terminal how the night goes on; a scheduled run's error output stays free for errors."""
    if debug or not sys.stderr.isatty():
        with _logged(logging.INFO) if debug else nullcontext():
            yield
        return
    from flows.live import live_view

    with live_view() as is_shown, _logged(logging.WARNING if is_shown else logging.INFO):
        yield


@contextmanager
def _publication_noted(order: Order) -> Iterator[None]:
    """Note on whatever ends this process that its run is published; the file tells, at any moment."""
    from warehouse.integrity import published_state
    from warehouse.ledger import readable_manifest

    begun = datetime.now(UTC)
    try:
        yield
    except BaseException as error:
        home = Home(Path(order.home))
        run_id = published_state(home).run_id
        record = readable_manifest(home.manifest_file(run_id)) if run_id else None
        if record and record["process"] == os.getpid() and datetime.fromisoformat(record["started_at"]) >= begun:
            error.add_note(f"run {run_id} was published before that")
        raise


@contextmanager
def _recorded(order: Order) -> Iterator[None]:
    """Record a run whose night cannot begin for want of Prefect."""
    from tasks.night import record_failure

    try:
        yield
    except SegmentsError as error:
        record_failure(order, error)
        raise


def _flow_for(order: Order) -> "Callable[[], RunSummary]":
    """Check the order and return the flow to run; imported here, as pandas and the rest take seconds of their own."""
    from tasks.night import refuse_early

    refuse_early(order)
    from flows.segment_customers import segment_customers
    from tasks.charts import load_matplotlib

    load_matplotlib()

    def run_flow() -> "RunSummary":
        try:
            return cast("RunSummary", segment_customers(**asdict(order)))
        except CancelledRun as held:  # the flow cancels itself where the home is held
            raise AnotherRunUnderWay(str(held)) from held

    return run_flow


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
