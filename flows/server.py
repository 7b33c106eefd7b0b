"""A Prefect server of our own on 127.0.0.1, started early: it comes up while the rest is imported.

Prefect would start one itself at the first API call, after importing its server into this process
too; started here first, the same server costs half the wait.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)

from schemas.errors import SegmentsError

_STARTUP_SECONDS = 120
_STOP_SECONDS = 15
_EVENTS_SECONDS = 10

_WITHOUT_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))

#: prctl's number for "send me this signal when my parent ends".
_PR_SET_PDEATHSIG = 1


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def api_url(port: int) -> str:
    """Return the API of the server on a port."""
    return f"http://127.0.0.1:{port}/api"


def ask(port: int, path: str, body: Mapping[str, Any]) -> Any:
    """Post a question to the server on a port and return its answer, both as JSON."""
    request = urllib.request.Request(  # noqa: S310
        f"{api_url(port)}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with _WITHOUT_PROXY.open(request, timeout=30) as answer:
        return json.loads(answer.read())


def scheduled_runs(port: int) -> list[datetime]:
    """Return when the runs that the server on a port has scheduled are due, the earliest first; in UTC."""
    asked = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}, "sort": "EXPECTED_START_TIME_ASC"}
    found = ask(port, "/flow_runs/filter", asked)
    return [datetime.fromisoformat(flow_run["expected_start_time"]) for flow_run in found]


def start_prefect(*arguments: str, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a Prefect command that stays, such as a server, in a session of its own.

    Ctrl-C then reaches us alone, and the order of stopping is ours.
    """
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "prefect", *arguments],
            env=dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )


def start_server(port: int, *options: str, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a Prefect server on 127.0.0.1; see ``wait_for_server``."""
    return start_prefect(
        "server", "start", "--host", "127.0.0.1", "--port", str(port), *options, environment=environment, log=log
    )


def _end_with_parent() -> None:
    """Have Linux stop this process when its parent is killed, which leaves the parent no time to."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_for_server(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a started server answers.

    Raises:
        SegmentsError: it ended, or does not answer in two minutes.
    """
    deadline = time.monotonic() + _STARTUP_SECONDS
    while not answers(port):
        if server.poll() is not None or time.monotonic() > deadline:
            said = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
            raise SegmentsError(
                f"Prefect's server did not start ({said[-1].strip() if said else 'it said nothing'}); "
                "see PREFECT_HOME, or name a server with PREFECT_API_URL"
            )
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Return whether something answers HTTP on a port."""
    return _is_heard(_WITHOUT_PROXY, api_url(port), seconds=2)


def refuse_silent_server(url: str) -> None:
    """Refuse a server that was named and does not answer.

    Raises:
        SegmentsError: nothing answers HTTP there.
    """
    if not _is_heard(urllib.request.build_opener(), url, seconds=20):
        raise SegmentsError(
            f"Prefect's server at {url} (PREFECT_API_URL) does not answer; start it, or unset PREFECT_API_URL"
        )


def _is_heard(opener: urllib.request.OpenerDirector, url: str, *, seconds: float) -> bool:
    """Return whether anything answers HTTP at an API, if only to refuse."""
    try:
        with opener.open(f"{url.rstrip('/')}/health", timeout=seconds):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False


def stop(process: subprocess.Popen[bytes], patience: float = _STOP_SECONDS) -> None:
    """Stop a command started here: gently first, and for good after so many seconds."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def temporary_server() -> Iterator["TemporaryServer"]:
    """Start a server for one run, without waiting for it, and stop it on leaving; it schedules nothing."""
    with tempfile.TemporaryDirectory() as folder:
        port, log = free_port(), Path(folder) / "server.log"
        process = start_server(port, "--no-ui", "--no-scheduler", "--no-late-runs", environment=os.environ, log=log)
        try:
            yield TemporaryServer(port, process, log)
        finally:
            # Nothing is lost with it: its database is SQLite, and the run's own ledger is ours.
            stop(process, patience=0.5)


@dataclass(frozen=True)
class TemporaryServer:
    """A server that is coming up."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> None:
        """Wait until the server answers; see ``wait_for_server``."""
        wait_for_server(self.port, self.process, self.log)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Have Prefect use the server."""
        # Nobody watches for the heartbeats of a server that ends with the run, and their thread takes a second to stop.
        settings = {
            PREFECT_API_URL: api_url(self.port),
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
            PREFECT_LOGGING_TO_API_ENABLED: False,
        }
        with temporary_settings(updates=settings):
            try:
                yield
            finally:
                _deliver_events()


def _deliver_events() -> None:
    """Wait until Prefect has sent its events: to a server that has stopped it would try for a minute, in many lines."""
    from prefect.events.worker import EventsWorker  # the flow has imported it; earlier it would delay the server

    EventsWorker.drain_all(timeout=_EVENTS_SECONDS)
