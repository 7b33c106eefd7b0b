"""Control a Prefect server from outside: start it on 127.0.0.1, wait for it, query it, stop it."""

import base64
import ctypes
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.errors import SegmentsError


@dataclass(frozen=True)
class Patience:
    """Seconds that a server is waited for.

    Attributes:
        start: until it answers; a first start migrates its database.
        stop: between asking it to stop and killing it.
        health: for one health check.
        answer: for one question, such as which runs are scheduled.
    """

    start: float = 120
    stop: float = 15
    health: float = 5
    answer: float = 30


PATIENCE = Patience()

_WITHOUT_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))

#: prctl's number for "send me this signal when my parent ends".
_PR_SET_PDEATHSIG = 1


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def api_url(port: int) -> str:
    """Return the API of the server on a port."""
    return f"http://127.0.0.1:{port}/api"


def ask(port: int, path: str, body: Mapping[str, Any], auth: str | None = None) -> Any:
    """Post a question to the server on a port and return its answer, both as JSON.

    Args:
        auth: the server's auth string; that of ``PREFECT_API_AUTH_STRING`` by default.
    """
    headers = {"Content-Type": "application/json"}
    if auth := auth or os.environ.get("PREFECT_API_AUTH_STRING"):
        headers["Authorization"] = f"Basic {base64.b64encode(auth.encode()).decode()}"
    request = urllib.request.Request(f"{api_url(port)}{path}", json.dumps(body).encode(), headers)  # noqa: S310
    with _WITHOUT_PROXY.open(request, timeout=PATIENCE.answer) as answer:
        return json.loads(answer.read())


def scheduled_runs(port: int, auth: str | None = None) -> list[datetime]:
    """Return when the runs that the server on a port has scheduled are due, the earliest first; in UTC."""
    due = {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"after_": f"{datetime.now(UTC)}"}}
    found = ask(port, "/flow_runs/filter", {"flow_runs": due, "sort": "EXPECTED_START_TIME_ASC"}, auth)
    return [datetime.fromisoformat(flow_run["expected_start_time"]) for flow_run in found]


def start_prefect(*arguments: str, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a long-running Prefect command, such as a server, in a session of its own.

    Ctrl-C then reaches only this process, which decides the order of stopping.
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
    """Have Linux stop this process when its parent is killed, as a killed parent cannot."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_for_server(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a started server answers.

    Raises:
        SegmentsError: it ended, or does not answer in time.
    """
    deadline = time.monotonic() + PATIENCE.start
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
    return is_heard(api_url(port))


def is_heard(url: str) -> bool:
    """Return whether anything answers HTTP at an API, if only to refuse; a proxy's 502 is not an answer."""
    try:
        with opener_for(url).open(f"{url.rstrip('/')}/health", timeout=PATIENCE.health):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, ValueError, http.client.HTTPException):
        return False


def opener_for(url: str) -> urllib.request.OpenerDirector:
    """Return what asks a server: one on this machine is asked past any proxy."""
    return _WITHOUT_PROXY if url.startswith("http://127.0.0.1:") else urllib.request.build_opener()


def stop(process: subprocess.Popen[bytes], patience: float = PATIENCE.stop) -> None:
    """Stop a command started here: terminate it, and kill it after so many seconds."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
