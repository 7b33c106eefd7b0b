"""``segments run``: the flow in this process, against a temporary Prefect server or the one that is named."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from prefect.settings import PREFECT_API_URL

from flows.server import refuse_silent_server, temporary_server
from schemas.errors import SegmentsError
from warehouse.run import Order

if TYPE_CHECKING:
    from flows.summary import RunSummary

_PACKAGES = ("flows", "tasks", "warehouse")


def run_night(order: Order, *, as_json: bool, debug: bool) -> None:
    """Run the night that was ordered and print what it came to."""
    url = PREFECT_API_URL.value()
    if url:
        with progress_shown(debug=debug):
            run_flow = _flow_for(order)
            with _recorded(order):
                refuse_silent_server(url)
            summary = run_flow()
        _show(order, summary, as_json=as_json)
        return
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
    return lambda: segment_customers(**asdict(order))


def _show(order: Order, summary: "RunSummary", *, as_json: bool) -> None:
    from flows.show import show_json, show_picture
    from flows.summary import picture_of
    from warehouse.home import Home

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
