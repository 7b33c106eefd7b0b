"""``segments run``: the night in this process, as a flow run where a Prefect server is named."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from flows.environment import named_server, use_server
from flows.server import is_heard
from schemas.errors import AnotherRunUnderWay
from warehouse.home.directory import Home
from warehouse.home.run import Order

if TYPE_CHECKING:
    from flows.summary import RunSummary

_PACKAGES = ("flows", "tasks", "warehouse")


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
    from tasks.run.lifecycle import refuse_early

    refuse_early(order)
    url = named_server()
    if url is None:
        return night(order)
    if not is_heard(url):
        _warn(f"Prefect's server at {url} does not answer; this run is not shown there", sys.stderr)
        return night(order)
    use_server(url, debug=debug)
    return _run_on_server(order, url, debug=debug)


def _run_on_server(order: Order, url: str, *, debug: bool) -> "RunSummary":
    """Run the flow; where its server is lost on the way, the night ends as it would have without one."""
    from flows.night import night

    said = sys.stderr
    if not debug:  # what Prefect's threads complain of is many lines and no news
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    from flows.segment_customers import OUTCOME, segment_customers

    try:
        summary = cast("RunSummary", segment_customers(**asdict(order)))
    except BaseException as error:
        # Prefect hands on an error of its own where it cannot report a stop or a failure of the night.
        if _is_lost(error, OUTCOME.error):
            _lost.append(url)
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            _warn(f"Prefect's server at {url} was lost ({reason}); the run went on without it", said)
        else:
            sys.stderr = said
        if OUTCOME.error is not None:
            raise OUTCOME.error from None
        if not _lost:
            raise
        return OUTCOME.summary or night(order)
    sys.stderr = said
    return summary


def _is_lost(error: BaseException, of_night: BaseException | None) -> bool:
    """Return whether Prefect failed at reporting, and not the night; a home that is held cancels the flow run."""
    if of_night is None:
        return not _is_stop(error)
    return isinstance(error, Exception) and error is not of_night and not isinstance(of_night, AnotherRunUnderWay)


def _is_stop(error: BaseException | None) -> bool:
    """Return whether an error, or what it came from, is a signal's and not a failure."""
    while error is not None:
        if not isinstance(error, Exception) and type(error).__name__ not in ("Abort", "Pause"):
            return True
        error = error.__cause__ or error.__context__
    return False


#: Whether the server was lost: on its way out Prefect would try for minutes to reach it.
_lost: list[str] = []


def leave_lost_server(code: int) -> None:
    """End this process at once where its server is lost."""
    url = named_server()
    if _lost or (url and not is_heard(url)):
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(code)


def _warn(message: str, stderr: TextIO) -> None:
    print(f"segments: {message}", file=stderr)


@contextmanager
def progress_shown(*, debug: bool) -> Iterator[None]:
    """Show on a terminal how the night goes on; a scheduled run's error output stays free for errors."""
    if debug or not sys.stderr.isatty():
        with _logged(logging.INFO if debug else logging.CRITICAL):
            yield
        return
    from flows.cli.live import live_view

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
    from warehouse.home.ledger import read_manifests
    from warehouse.integrity import published_state

    home = Home(Path(order.home))
    for record in reversed(read_manifests(home)):
        is_ours = record.get("process") == os.getpid() and datetime.fromisoformat(record["started_at"]) >= since
        if is_ours and record.get("published_sha256"):
            # Between the swap and its record only the file tells.
            is_published = record["status"] == "published" or published_state(home).run_id == record["run_id"]
            return str(record["run_id"]) if is_published else None
    return None


def _show(order: Order, summary: "RunSummary", *, as_json: bool) -> None:
    from flows.cli.show import show_json, show_picture
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
