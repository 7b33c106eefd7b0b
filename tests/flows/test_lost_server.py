"""A night is published whatever becomes of the Prefect server that it is shown on."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from flows.server import api_url, free_port, is_heard, start_server, wait_for_server
from tests.conftest import ROOT
from tests.nights import assert_invariants, value

pytestmark = pytest.mark.prefect


@pytest.fixture
def start(tmp_path, sample):
    """Start ``segments run`` with a server named; it is ended with the test."""
    started = []

    def start_run(url):
        process = subprocess.Popen(
            [sys.executable, "-m", "flows", "run", sample, "--home", tmp_path / "home"],
            cwd=ROOT,
            env={**os.environ, "PREFECT_HOME": str(tmp_path / "prefect"), "PREFECT_API_URL": url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start_run
    for process in started:
        process.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of these tests' own, which they may stop; a test that stops it lets it go on at its end."""
    folder = tmp_path_factory.mktemp("server")
    port, log = free_port(), folder / "server.log"
    process = start_server(port, "--no-ui", environment={**os.environ, "PREFECT_HOME": str(folder)}, log=log)
    wait_for_server(port, process, log)
    yield process, api_url(port)
    process.kill()
    process.wait()


def assert_published(home):
    assert value(home, "SELECT rows_loaded FROM runs WHERE status = 'published'") == 398
    assert_invariants(home)


def assert_lost(process, url, stdout, stderr):
    (line,) = stderr.splitlines()
    assert line.startswith(f"segments: Prefect's server at {url} was lost (")
    assert line.endswith("); the run went on without it")
    assert process.returncode == 0
    assert stdout.startswith("strong: 4 clearly separate segments; use them. ")


@pytest.mark.parametrize("url", ["nonsense", "http://", "http://127.0.0.1:9/api", "ftp://127.0.0.1/api"])
def test_url_without_a_server_is_not_heard(url):
    assert not is_heard(url)


def test_unresponsive_server_is_reported_in_one_line(start, tmp_path):
    url = "http://127.0.0.1:9/api"
    process = start(url)
    stdout, stderr = process.communicate(timeout=120)
    assert stderr == f"segments: Prefect's server at {url} does not answer; this run is not shown there\n"
    assert process.returncode == 0
    assert stdout.startswith("strong: 4 clearly separate segments; use them. ")
    assert_published(tmp_path / "home")


def meet(process, tmp_path, step):
    """Wait until a run has done a step; return its record's file."""
    while True:
        assert process.poll() is None, "it ended before it was met"
        for path in tmp_path.glob("home/runs/*/manifest.json"):
            if f'"{step}"' in path.read_text():
                return path
        time.sleep(0.01)


def seconds_after_publish(process, tmp_path):
    """Return how long a run goes on once it is published, and what it printed."""
    while not (tmp_path / "home" / "segments.duckdb").exists():
        assert process.poll() is None, "it ended before it published"
        time.sleep(0.05)
    published = time.monotonic()
    stdout, stderr = process.communicate(timeout=120)
    return time.monotonic() - published, stdout, stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "exit_code", "is_lost"),
    [(signal.SIGTERM, 143, False), (signal.SIGINT, 130, True)],
    ids=["shown", "lost"],
)
def test_flow_run_that_is_stopped_ends_there(start, server, tmp_path, number, exit_code, is_lost):
    shown, url = server
    process = start(url)
    record = meet(process, tmp_path, "validate")
    try:
        if is_lost:
            shown.send_signal(signal.SIGSTOP)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    finally:
        shown.send_signal(signal.SIGCONT)
    assert (stdout, process.returncode) == ("", exit_code)
    *lost, last = stderr.splitlines()
    assert last == "segments: stopped; nothing was published"
    assert len(lost) <= is_lost
    assert json.loads(record.read_text())["status"] == "interrupted"
    assert len(list((tmp_path / "home" / "runs").iterdir())) == 1


@pytest.mark.slow
def test_hanging_server_is_reported_in_one_line(start, server, tmp_path):
    hung, url = server
    process = start(url)
    meet(process, tmp_path, "cluster")  # so that nothing before the publish has found it lost
    hung.send_signal(signal.SIGSTOP)
    try:
        seconds, stdout, stderr = seconds_after_publish(process, tmp_path)
    finally:
        hung.send_signal(signal.SIGCONT)
    assert seconds < 30
    assert_lost(process, url, stdout, stderr)
    assert_published(tmp_path / "home")


@pytest.mark.slow
def test_killed_server_is_reported_in_one_line(start, server, tmp_path):
    killed, url = server
    process = start(url)
    meet(process, tmp_path, "ingest")
    killed.kill()
    seconds, stdout, stderr = seconds_after_publish(process, tmp_path)
    assert seconds < 30
    assert_lost(process, url, stdout, stderr)
    assert_published(tmp_path / "home")
