"""Run as a flow on a Prefect server; if the server is lost, the run continues and says so in one line."""

import os
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, TextIO, cast

from flows.environment import named_server
from flows.server import is_heard
from schemas.errors import AnotherRunUnderWay
from schemas.shown import shown
from warehouse.home.run import Order

if TYPE_CHECKING:
    from flows.summary import RunSummary

#: The server that was lost: on its way out Prefect would try for minutes to reach it.
_lost: list[str] = []


def run_on_server(order: Order, url: str, *, debug: bool) -> "RunSummary":
    """Run the flow; where its server is lost, the run ends as it would have without one."""
    stderr = sys.stderr
    if not debug:  # what Prefect's threads complain of is many lines and no news
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    from flows.night import night
    from flows.segment_customers import OUTCOME, segment_customers  # after that, as Prefect's log keeps the stderr

    try:
        summary = cast("RunSummary", segment_customers(**asdict(order)))
    except BaseException as error:
        # Prefect hands on an error of its own where it cannot report a stop or a failure of the run.
        if _is_lost(error, OUTCOME.error):
            _lost.append(url)
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            warn(f"Prefect's server at {url} was lost ({reason}); the run went on without it", stderr)
        else:
            sys.stderr = stderr
        if OUTCOME.error is not None:
            raise getattr(OUTCOME.error, "original", OUTCOME.error) from None  # whole, as only this terminal shows it
        if not _lost:
            raise
        return OUTCOME.summary or night(order)
    sys.stderr = stderr
    return summary


def leave_lost_server(code: int) -> None:
    """End this process at once where its server is lost."""
    url = named_server()
    if _lost or (url and not is_heard(url)):
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(code)


def warn(message: str, stderr: TextIO) -> None:
    """Print a line about the server."""
    print(f"segments: {shown(message)}", file=stderr)


def _is_lost(error: BaseException, of_run: BaseException | None) -> bool:
    """Return whether Prefect failed at reporting, and not the run; a home that is held cancels the flow run."""
    if of_run is None:
        return not _is_stop(error)
    return isinstance(error, Exception) and error is not of_run and not isinstance(of_run, AnotherRunUnderWay)


def _is_stop(error: BaseException | None) -> bool:
    """Return whether an error, or what it came from, is a signal's and not a failure."""
    while error is not None:
        if not isinstance(error, Exception) and type(error).__name__ not in ("Abort", "Pause"):
            return True
        error = error.__cause__ or error.__context__
    return False
