"""A run that is told to stop says so and records it."""

import json
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT
from tests.nights import value


def as_in_the_foreground():
    """Let SIGINT through, which a shell has ignored in what it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def source(tmp_path):
    """A file whose night takes long enough to be met in the middle of it."""
    path = tmp_path / "customers.csv"
    lines = [f"{18 + n * 7919 % 70},{('Ohio', 'Texas', 'Iowa')[n % 3]},p{n % 13}, q{n % 11}" for n in range(20_000)]
    path.write_text("\n".join(["Age,Location,Purchase History", *lines, ""]))
    return path


def record_of_new_run(home, earlier):
    """Return the record of the run that is not among earlier ones; empty where there is none yet."""
    found = set(home.glob("runs/*/manifest.json")) - earlier
    return json.loads(found.pop().read_text()) if found else {}


@pytest.fixture
def night(serverless, source, home):
    """Start a night; give its process, and what returns the run's record."""
    earlier = set(home.glob("runs/*/manifest.json"))
    with subprocess.Popen(
        [sys.executable, "-m", "flows", "run", str(source), "--home", str(home)],
        cwd=ROOT,
        env=serverless,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_in_the_foreground,
    ) as process:
        yield process, lambda: record_of_new_run(home, earlier)
        process.kill()


@pytest.mark.parametrize("others", [[signal.SIGINT], [signal.SIGTERM, signal.SIGHUP]])
def test_further_signals_change_nothing(night, home, others):
    process, record = night
    earlier = (home / "segments.duckdb").stat().st_ino
    wait_for(process, lambda: (home / "segments.duckdb").stat().st_ino != earlier)
    process.send_signal(signal.SIGINT)
    for number in others:
        time.sleep(0.02)
        process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert stderr == f"segments: stopped; run {record()['run_id']} was published before that\n"
    assert (stdout, process.returncode) == ("", 130)


def wait_for(process, is_so):
    while not is_so():
        assert process.poll() is None, "it ended before it was met"
        time.sleep(0.001)


STOPS = [(signal.SIGTERM, 143), (signal.SIGINT, 130)]


@pytest.mark.parametrize(("number", "exit_code"), STOPS)
def test_stopped_run_leaves_one_line_and_record(night, home, number, exit_code):
    process, record = night
    published = (home / "segments.duckdb").read_bytes()
    wait_for(process, lambda: any(step["step"] == "encode" for step in record().get("steps", [])))
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert (stdout, stderr) == ("", "segments: stopped; nothing was published\n")
    assert process.returncode == exit_code
    assert (home / "segments.duckdb").read_bytes() == published
    assert (record()["status"], record()["message"]) == ("interrupted", "the run was stopped")


@pytest.mark.parametrize(("number", "exit_code"), STOPS)
def test_run_stopped_after_its_publish_says_so(night, home, number, exit_code):
    process, record = night
    earlier = (home / "segments.duckdb").stat().st_ino
    wait_for(process, lambda: (home / "segments.duckdb").stat().st_ino != earlier)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    run_id = record()["run_id"]
    assert (stdout, stderr) == ("", f"segments: stopped; run {run_id} was published before that\n")
    assert process.returncode == exit_code
    assert record()["status"] == "published"
    assert value(home, "SELECT arg_max(run_id, started_at) FROM runs") == run_id
