"""What a home holds is read by its owner alone, or by the group too; no copy of a delivery stays behind."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from schemas.errors import DataRefused, UsageError
from tests.conftest import ROOT
from tests.nights import SEED_ROWS, quick_night, run_night
from warehouse.home.access import SETTING
from warehouse.home.directory import Home

CANARY = "canary7f3e"

#: Most rows have no age, so that the file is refused.
REFUSED = "Age,Location,Purchase History\n" + "".join(f"{CANARY}{n},Ohio,tea\n" for n in range(9)) + "30,Ohio,tea\n"

#: A run that is killed in the middle, with the delivery in staging.
KILLED = """
import os, signal, sys
from tests.nights import night_with, order_of
night_with(order_of(*sys.argv[1:]), encode=lambda *_: os.kill(os.getpid(), signal.SIGKILL))
"""


def python(*arguments, **environment):
    """Run Python as a careless account does, whose files everybody may read."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PREFECT_API_URL": "", **environment},
        umask=0o022,
        capture_output=True,
        text=True,
        check=False,
    )


def published(write, home, **setting):
    done = python("-m", "flows", "run", write(SEED_ROWS), "--home", home, **setting)
    assert done.returncode == 0, done.stderr


def refused(write, home, **setting):
    assert python("-m", "flows", "run", write(REFUSED), "--home", home, **setting).returncode == 65


def killed(write, home, **setting):
    assert python("-c", KILLED, write(SEED_ROWS), home, **setting).returncode == -signal.SIGKILL
    assert list(home.glob("staging/*/source-1.csv"))


def modes(home):
    """Return relative path -> permissions of all that is in a home, itself included."""
    return {str(path.relative_to(home)): stat.S_IMODE(path.stat().st_mode) for path in (home, *home.rglob("*"))}


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.mark.parametrize("end", [published, refused, killed])
def test_home_is_read_by_its_owner_alone(write, home, end):
    end(write, home)
    assert {path: oct(mode) for path, mode in modes(home).items() if mode & 0o077} == {}
    if end is published:
        assert modes(home)["segments.duckdb"] == 0o400


@pytest.mark.parametrize("end", [published, refused, killed])
def test_group_reads_where_it_is_set(write, home, end):
    end(write, home, **{SETTING: "1"})
    found = modes(home)
    assert {path: oct(mode) for path, mode in found.items() if mode & 0o027 or not mode & 0o040} == {}
    assert {found[name] for name in (".", "runs", "staging", "archive")} == {0o750}
    if end is published:
        assert found["segments.duckdb"] == 0o440


@pytest.mark.parametrize(("group", "directory", "file"), [("0", 0o700, 0o400), ("1", 0o750, 0o440)])
def test_home_of_an_older_version_is_closed(write, home, monkeypatch, group, directory, file):
    run_night(write(SEED_ROWS), home)
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o444)
    (home / ".lock").chmod(0o644)
    (home / "inbox").chmod(0o773)
    monkeypatch.setenv(SETTING, group)
    with pytest.raises(DataRefused):
        run_night(write(REFUSED), home)
    found = modes(home)
    assert {found[name] for name in ("runs", "staging", "archive")} == {directory}
    assert found["segments.duckdb"] == file
    assert not found[".lock"] & 0o007
    assert found["inbox"] == 0o773, "another account delivers there"


def test_setting_that_is_no_choice_is_refused(monkeypatch, write, home):
    monkeypatch.setenv(SETTING, "yes")
    with pytest.raises(UsageError, match="SEGMENTS_GROUP_READABLE=yes cannot be used; expected 1"):
        run_night(write(SEED_ROWS), home)


def holding(home):
    """Return the files of a home that hold the canary."""
    found = [path for path in home.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    return sorted({path.name for path in found} - {"rejected_rows.csv", "manifest.json"})


def test_refused_delivery_stays_nowhere(write, home):
    with pytest.raises(DataRefused):
        run_night(write(REFUSED), home)
    assert list(Home(home).staging.iterdir()) == []
    assert holding(home) == []


def test_delivery_of_a_killed_run_goes_with_the_next(write, home):
    killed(lambda _: write(SEED_ROWS.replace("Texas", CANARY)), home)
    assert "source-1.csv" in holding(home)
    quick_night(write(SEED_ROWS), home)
    assert list(Home(home).staging.iterdir()) == []
    assert holding(home) == []


def test_stopped_run_leaves_no_delivery(write, home):
    code = KILLED.replace("SIGKILL", "SIGTERM")
    assert python("-c", code, write(SEED_ROWS), home).returncode == 128 + signal.SIGTERM
    assert list(Home(home).staging.iterdir()) == []
