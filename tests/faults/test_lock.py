"""One run at a time in a home: the other says so and leaves no trace, and a lock never outlives its run."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

from schemas.errors import AnotherRunUnderWay, HomeNotWritable
from tests.conftest import ROOT
from tests.faults.harness import GoodHome, together
from tests.nights import SEED_ROWS, run_night, value
from warehouse.home.directory import Home
from warehouse.home.lock import locked
from warehouse.home.run import Order, Run

#: Holds a home as a run under way does.
HOLD = """
import sys
from warehouse.home.lock import locked
from warehouse.home.run import Order, Run
with locked(Run.begin(Order("", home=sys.argv[1]))):
    print("begun", flush=True)
    sys.stdin.read()
"""

#: Asks for a lock and prints the exit code and the message that it is refused with.
ASK = """
import sys
from schemas.errors import SegmentsError
from warehouse.home.lock import locked
from warehouse.home.run import Order, Run
try:
    with locked(Run.begin(Order("", home=sys.argv[1]))):
        print("held")
except SegmentsError as error:
    print(error.exit_code, error)
"""


@pytest.fixture
def hold(begin_python, home):
    """Start a process that holds the home; it is ended with the test."""
    return lambda: begin_python(HOLD, home)


def printed(code, *arguments, prefix=()):
    done = subprocess.run(
        [*prefix, sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


def test_locked_out_run_leaves_no_trace(write, home, hold):
    work, record = home / "staging" / "theirs" / "work.duckdb", home / "runs" / "theirs" / "manifest.json"
    holder = hold()
    for path, content in {
        work: "half a night",
        record: json.dumps({"run_id": "theirs", "status": "under way"}),
    }.items():
        path.parent.mkdir()
        path.write_text(content)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    with pytest.raises(AnotherRunUnderWay) as raised:
        run_night(write(SEED_ROWS), home, force=True)
    assert re.fullmatch(
        rf"another run is under way \(pid {holder.pid}, since [-\d]+ [:\d]+ UTC\) in {home}; "
        r"wait until it ends or name another --home",
        str(raised.value),
    )
    assert raised.value.exit_code == 75
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_lock_ends_with_its_process(write, home, hold):
    holder = hold()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert run_night(write(SEED_ROWS), home, force=True).is_new


def test_killed_holder_is_never_named(home, hold):
    killed = hold()
    killed.kill()
    killed.wait()
    said = (home / ".lock").read_text()
    holder = hold()
    (home / ".lock").write_text(said)  # as it is for a moment, until the new holder has written itself
    with pytest.raises(AnotherRunUnderWay) as raised, locked(Run.begin(Order("", home=str(home)))):
        pass
    assert holder.poll() is None
    assert str(killed.pid) not in str(raised.value)


def test_only_one_of_three_simultaneous_runs_publishes(tmp_path):
    good = GoodHome(tmp_path)
    with good.copy() as (home, _):
        ended = together(good, home, 3).values()
        assert sorted(one.exit_code for one in ended) == [0, 75, 75]
        assert sum(bool(re.search(r"another run is under way \(pid \d+, since ", one.stderr)) for one in ended) == 2
        assert value(home, "SELECT count(*) FROM runs WHERE status <> 'published'") == 0
        assert len(list((home / "runs").iterdir())) == 2


def test_foreign_lock_file_is_named_with_owner(home, hold):
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can give a file to another user")
    as_an_account = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    lock = Home(home).lock_file
    holder = hold()
    os.chown(lock, 65534, 65534)
    lock.chmod(0o644)  # as where the group may read the home
    said, _ = printed(ASK, home, prefix=as_an_account)
    assert said.startswith(f"75 another run is under way (pid {holder.pid}, since ")
    holder.kill()
    holder.wait()
    said, _ = printed(ASK, home, prefix=as_an_account)
    assert said.startswith(f"73 cannot write {lock} (Permission denied; it belongs to ")


def test_home_of_another_account_is_refused(home):
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another user")
    Home(home).prepare()
    os.chown(Home(home).runs, 65534, 65534)
    with pytest.raises(HomeNotWritable) as refused:
        Home(home).prepare()
    assert f"{home} is a home of nobody, who could not read what this account writes; " in str(refused.value)
