"""The scheduled run starts by itself, and again after the machine went down: a real server, worker and deployment."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.server import ask, free_port, start_prefect, start_server, wait_for_server
from flows.trial import Trial, command
from tests.conftest import ROOT, aged
from tests.nights import assert_invariants, value
from tests.processes import marked
from tests.threads import every_core

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

#: Seconds between two scheduled runs here; the rest of the deployment is that of prefect.yaml.
EVERY = 15

#: Seconds to wait for what a scheduled run does, on a machine that is busy with other tests.
PATIENCE = 120


class Machine:
    """A machine that runs the nightly deployment every few seconds; it can lose its power."""

    def __init__(self, folder: Path) -> None:
        self.trial = Trial(free_port(), folder / "prefect")
        self.home = folder / "home"
        self.inbox = folder / "inbox"
        self.mark = f"SEGMENTS_TEST_{folder.name}_{os.getpid()}"
        self.logs: list[Path] = []
        self._started: list[subprocess.Popen[bytes]] = []

    def deploy(self) -> None:
        """Start server and worker, and deploy prefect.yaml with another schedule, inbox and home."""
        deployed = yaml.safe_load((ROOT / "prefect.yaml").read_text())
        (nightly,) = deployed["deployments"] = deployed["deployments"][:1]
        nightly["schedules"] = [{"interval": EVERY}]
        nightly["parameters"] = {"source": str(self.inbox), "home": str(self.home), "k": 2}
        self.inbox.mkdir()
        self.trial.prefect_home.mkdir()
        file = self.trial.prefect_home / "prefect.yaml"
        file.write_text(yaml.safe_dump(deployed))
        self._start_server()
        command(self.trial, "work-pool", "create", "local", "--type", "process")
        self._start_worker()
        command(self.trial, "--no-prompt", "deploy", "--all", "--prefect-file", str(file))

    def start(self) -> None:
        """Start server and worker, as a machine does that comes back."""
        self._start_server()
        self._start_worker()

    def lose_power(self) -> None:
        """End server, worker and flow at once; the server first, so that no state changes anymore."""
        for process in self._started:
            process.kill()
        for pid in marked(self.mark):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self._started:
            process.wait()
        self._started.clear()

    def deliver(self, name: str) -> Path:
        """Write a file that no other one is equal to into the inbox."""
        places = ("Ohio", "Texas", name)
        lines = [f"{18 + n * 7919 % 70},{places[n % 3]},p{n % 3}, q{n % 2}" for n in range(60)]
        path = self.inbox / name
        path.write_text("\n".join(["Age,Location,Purchase History", *lines, ""]))
        return aged(path)

    def flow_runs(self, state: str) -> list[dict[str, Any]]:
        """Return the scheduled flow runs in a state, the earliest first."""
        asked = {"flow_runs": {"state": {"type": {"any_": [state]}}}, "sort": "EXPECTED_START_TIME_ASC"}
        found = ask(self.trial.port, "/flow_runs/filter", asked, self.trial.auth)
        return [run for run in found if run["auto_scheduled"]]

    def is_in(self, state: str) -> bool:
        """Return whether a scheduled run is in a state; a running one, whether its night is under way."""
        if state != "RUNNING":
            return bool(self.flow_runs(state))
        return any('"under way"' in path.read_text() for path in self.home.glob("runs/*/manifest.json"))

    def has_published(self, name: str) -> bool:
        """Return whether the published file is of a delivered file."""
        if not (self.home / "segments.duckdb").exists():
            return False
        return value(self.home, "SELECT arg_max(source_name, started_at) FROM runs") == name

    def _start_server(self) -> None:
        log = self._log("server")
        self._started.append(start_server(self.trial.port, environment=self._environment, log=log))
        wait_for_server(self.trial.port, self._started[-1], log)

    def _start_worker(self) -> None:
        log = self._log("worker")
        self._started.append(
            start_prefect("worker", "start", "--pool", "local", "--limit", "2", environment=self._environment, log=log)
        )

    @property
    def _environment(self) -> dict[str, str]:
        allowed = {"SEGMENTS_ALLOWED_PATHS": str(self.inbox.parent)}
        return {**self.trial.environment, **allowed, self.mark: "1"}

    def _log(self, name: str) -> Path:
        self.logs.append(self.trial.prefect_home / f"{name}-{len(self.logs)}.log")
        return self.logs[-1]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    os.chdir(ROOT)
    machine = Machine(tmp_path_factory.mktemp("machine"))
    with every_core():
        try:
            machine.deploy()
            yield machine
        finally:
            machine.lose_power()


def until(is_so, seconds: float, otherwise: str) -> None:
    """Wait until something is so, and fail in words if it is not in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)


@contextmanager
def written_to(path: Path) -> Iterator[None]:
    """Hold a file open for writing, so that the run that takes it waits."""
    with path.open("a"):
        yield


def test_scheduled_runs_publish_one_after_another(machine):
    for name in ("first.csv", "second.csv"):
        machine.deliver(name)
        until(lambda name=name: machine.has_published(name), PATIENCE, f"no scheduled run has published {name}")
    assert_invariants(machine.home)


@pytest.mark.parametrize("state", ["RUNNING", "PENDING"])
def test_next_run_publishes_after_power_loss(machine, state):
    path = machine.deliver(f"{state.lower()}.csv")
    with written_to(path):
        until(lambda: machine.is_in(state), PATIENCE, f"no scheduled run is {state}")
        machine.lose_power()
    aged(path)
    machine.start()
    killed = machine.flow_runs(state)
    until(lambda: machine.has_published(path.name), PATIENCE, f"no scheduled run has published {path.name}")
    assert killed, f"no run was {state} when the power went"


#: Errors that we know: what the log says -> why it does no harm.
KNOWN_ERRORS = {
    "Worker channel heartbeat persistence failed": "SQLite was being written to; the next heartbeat is in 30 s",
    "'name': 'Late'": "SQLite was being written to when a run was marked as late; the next round marks it",
}


def entries(log):
    """Split a log of Prefect's into its entries: a line with a time, and what follows it."""
    return re.split(r"^(?=\d\d:\d\d:\d\d\.\d+ )", log.read_text(), flags=re.MULTILINE)


def test_servers_and_workers_log_no_unknown_error(machine):
    faults = [entry for log in machine.logs for entry in entries(log) if re.search("ERROR|CRITICAL|Traceback", entry)]
    assert [entry for entry in faults if not any(known in entry for known in KNOWN_ERRORS)] == []
