"""A home, or a file of it, that this account may not read: healed where it can be, and else one line."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.nights import PUBLISHED_RUN, assert_invariants, value


@pytest.fixture
def as_an_account(serverless):
    """Run the command line as an account for which modes count, which root is not."""
    prefix = []
    if os.geteuid() == 0:
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        if shutil.which(prefix[0]) is None or subprocess.run([*prefix, "true"], check=False).returncode:
            pytest.skip("root may read everything, and there is no setpriv to change it")

    def run(*arguments):
        command = [*prefix, sys.executable, "-m", "flows", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, env=serverless, capture_output=True, text=True, check=False)

    return run


def test_file_without_permissions_is_healed(first_night, home, as_an_account):
    run_id, before = value(home, PUBLISHED_RUN), (home / "segments.duckdb").read_bytes()
    (home / "segments.duckdb").chmod(0)
    done = as_an_account("run", first_night / "customers.csv", "--home", home)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"that of run {run_id}" in done.stdout
    assert (home / "segments.duckdb").read_bytes() == before
    assert_invariants(home)


@pytest.mark.parametrize(
    "command", [["query", "FROM segments"], ["report"], ["runs"], ["run", "samples/customers.csv"]]
)
def test_home_of_another_account_is_named(home, as_an_account, command):
    home.chmod(0)
    done = as_an_account(*command, "--home", home)
    home.chmod(0o700)
    assert (done.returncode, done.stderr.count("\n")) == (73, 1)
    assert "ermission denied" in done.stderr
    assert "unexpected" not in done.stderr


def test_unreadable_records_are_no_empty_list(home, as_an_account):
    (home / "runs").chmod(0)
    done = as_an_account("runs", "--home", home)
    (home / "runs").chmod(0o700)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (73, "", 1)
