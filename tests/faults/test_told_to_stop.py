"""A run that is told to stop says so, records it, and takes its own server with it."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.prefect, pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")]


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


@pytest.fixture
def mark():
    """A word in the environment of what a test starts; what still runs after it is ended here."""
    word = f"SEGMENTS_TEST_{uuid.uuid4().hex}"
    yield word
    for pid in running(word):
        os.kill(pid, signal.SIGKILL)


def running(mark):
    """Return the processes whose environment holds the mark."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:  # it has ended, or is not ours
            continue
    return found


@pytest.mark.parametrize(("number", "exit_codes"), [(signal.SIGTERM, {143, -15}), (signal.SIGINT, {130})])
def test_run_told_to_stop_leaves_one_line_a_record_and_no_process(prefect_home, source, home, mark, number, exit_codes):
    published, earlier = (home / "segments.duckdb").read_bytes(), set(home.glob("runs/*/manifest.json"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    command = [sys.executable, "-m", "flows", "run", str(source), "--home", str(home)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**environment, "PREFECT_HOME": str(prefect_home), mark: "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_in_the_foreground,
    ) as process:
        while not any('"encode"' in path.read_text() for path in set(home.glob("runs/*/manifest.json")) - earlier):
            assert process.poll() is None, "it ended before it was met"
            time.sleep(0.02)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    assert (stdout, stderr) == ("", "segments: stopped; nothing was published\n")
    assert process.returncode in exit_codes
    assert running(mark) == []
    assert (home / "segments.duckdb").read_bytes() == published
    (stopped,) = set(home.glob("runs/*/manifest.json")) - earlier
    record = json.loads(stopped.read_text())
    assert (record["status"], record["message"]) == ("interrupted", "the run was told to stop")
