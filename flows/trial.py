"""``make up``: start a Prefect server, work pool, deployment and worker to try out; stop them all on Ctrl-C.

All of it is kept in ``data/prefect`` and on 127.0.0.1; your own Prefect profile is not touched.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.server import answers, api_url, scheduled_runs, start_prefect, start_server, stop, wait_for_server
from flows.server_access import access_settings, new_auth_string
from schemas.errors import SegmentsError, UsageError
from warehouse.home.access import keep_private

_SCHEDULE_SECONDS = 60


@dataclass(frozen=True)
class Trial:
    """The port of the trial's server, the directory of Prefect's own files, and the auth string of this start."""

    port: int
    prefect_home: Path
    auth: str = field(default_factory=new_auth_string, repr=False)

    @property
    def server_log(self) -> Path:
        """The log of the server."""
        return self.prefect_home / "server.log"

    @property
    def environment(self) -> dict[str, str]:
        """The environment that makes Prefect's commands use the trial's server."""
        return {
            **os.environ,
            "PREFECT_API_URL": api_url(self.port),
            "PREFECT_HOME": str(self.prefect_home.resolve()),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            # Prefect's newer pages ask a host on the internet, analytics off or not; these are the older ones.
            "PREFECT_SERVER_UI_V2_ENABLED": "false",
            "NO_COLOR": "1",
            "PREFECT_WORKER_QUERY_SECONDS": "2",  # ten by default: somebody who tries it waits for the first run
            **access_settings(self.auth, api_url(self.port).removesuffix("/api")),
        }


@contextmanager
def running(trial: Trial) -> Iterator[None]:
    """Bring up server, pool, deployment and worker; on leaving stop what was started, worker first.

    Raises:
        UsageError: the port is in use.
        SegmentsError: one of Prefect's commands fails, or the server does not answer in time.
    """
    if answers(trial.port):
        raise UsageError(
            f"port {trial.port} is in use; stop the program that uses it, or choose another: make up PORT=4300"
        )
    keep_private()
    trial.prefect_home.mkdir(parents=True, exist_ok=True)
    trial.prefect_home.chmod(0o700)  # what Prefect keeps there is for its own account, whatever reads the home
    worker_log = trial.prefect_home / "worker.log"
    started = [start_server(trial.port, environment=trial.environment, log=trial.server_log)]
    try:
        wait_for_server(trial.port, started[0], trial.server_log)
        command(trial, "work-pool", "create", "local", "--type", "process", "--overwrite")
        command(trial, "--no-prompt", "deploy", "--all")
        started.append(
            start_prefect("worker", "start", "--pool", "local", environment=trial.environment, log=worker_log)
        )
        yield
    finally:
        for process in reversed(started):
            stop(process)


def command(trial: Trial, *arguments: str) -> str:
    """Run one of Prefect's commands against the trial's server and return what it printed.

    Raises:
        SegmentsError: the command fails; with the last line of what it said.
    """
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "prefect", *arguments],
        env=trial.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise SegmentsError(f"prefect {' '.join(arguments)} failed: {said[-1] if said else 'no output'}")
    return done.stdout


def next_runs(trial: Trial) -> list[datetime]:
    """Return when the next scheduled runs are due, the earliest first; in UTC.

    Raises:
        SegmentsError: the server has scheduled none in a minute.
    """
    deadline = time.monotonic() + _SCHEDULE_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):  # a busy server may not answer in time
            if due := scheduled_runs(trial.port, trial.auth):
                return due
        time.sleep(0.5)
    raise SegmentsError(f"Prefect's server schedules no run; see the errors in {trial.server_log}")


def main() -> None:
    """Run the trial until it is interrupted."""
    trial = Trial(int(os.environ.get("PORT", "4200")), Path("data/prefect"))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        print("starting Prefect: server, work pool, deployment, worker ...", flush=True)
        with running(trial):
            due = " · ".join(f"{moment:%a %Y-%m-%d %H:%M} UTC" for moment in next_runs(trial)[:3])
            url = api_url(trial.port)
            print(_INSTRUCTIONS.format(pages=url.removesuffix("/api"), url=url, auth=trial.auth, due=due), flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print("stopped worker and server")
    except SegmentsError as error:
        print(f"segments: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


_INSTRUCTIONS = """\
ready: {pages}, where you log in with {auth}
next runs, of the newest file in data/inbox: {due}

In another terminal, in this directory:

  export PREFECT_API_URL={url} PREFECT_API_AUTH_STRING={auth}
  .venv/bin/prefect deployment run 'segment-customers/nightly' --param source=samples/customers.csv --watch
  .venv/bin/segments query "SELECT segment_id, name, customers FROM segments ORDER BY segment_id"

Ctrl-C here stops worker and server."""


if __name__ == "__main__":
    main()
