"""A night is published whatever becomes of the Prefect server that it is shown on."""

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

SAMPLE = ROOT / "samples" / "customers.csv"


@pytest.fixture
def start(tmp_path):
    """Start ``segments run`` with a server named; it is ended with the test."""
    started = []

    def start_run(url):
        process = subprocess.Popen(
            [sys.executable, "-m", "flows", "run", SAMPLE, "--home", tmp_path / "home"],
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


@pytest.fixture
def server(tmp_path):
    """A server of the test's own, which it may kill."""
    (tmp_path / "server").mkdir()
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path / "server")}
    port, log = free_port(), tmp_path / "server" / "server.log"
    process = start_server(port, "--no-ui", environment=environment, log=log)
    wait_for_server(port, process, log)
    yield process, api_url(port)
    process.kill()
    process.wait()


def assert_published(home):
    assert value(home, "SELECT rows_loaded FROM runs WHERE status = 'published'") == 3000
    assert_invariants(home)


@pytest.mark.parametrize("url", ["nonsense", "http://", "http://127.0.0.1:9/api", "ftp://127.0.0.1/api"])
def test_url_without_a_server_is_not_heard(url):
    assert not is_heard(url)


def test_server_that_does_not_answer_is_one_line(start, tmp_path):
    url = "http://127.0.0.1:9/api"
    process = start(url)
    stdout, stderr = process.communicate(timeout=120)
    assert stderr == f"segments: Prefect's server at {url} does not answer; this run is not shown there\n"
    assert process.returncode == 0
    assert stdout.startswith("strong: silhouette 0.52")
    assert_published(tmp_path / "home")


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
def test_server_that_is_lost_during_a_run_is_one_line(start, server, tmp_path, end):
    lost, url = server
    process = start(url)
    while not any('"ingest"' in path.read_text() for path in tmp_path.glob("home/runs/*/manifest.json")):
        assert process.poll() is None, "it ended before it was met"
        time.sleep(0.01)
    lost.send_signal(end)
    while not (tmp_path / "home" / "segments.duckdb").exists():
        assert process.poll() is None, "it ended before it published"
        time.sleep(0.05)
    published = time.monotonic()
    stdout, stderr = process.communicate(timeout=120)
    assert time.monotonic() - published < 30
    assert stderr == f"segments: Prefect's server at {url} was lost; the run went on without it\n"
    assert process.returncode == 0
    assert stdout.startswith("strong: silhouette 0.52")
    assert_published(tmp_path / "home")
