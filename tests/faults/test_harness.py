"""Faults on purpose, a few of each kind; ``make faults-long`` makes as many as docs/faults.md counts."""

import shutil

import pytest

from tests.faults.harness import KINDS, GoodHome


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return GoodHome(tmp_path_factory.mktemp("faults"))


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_sees_half_a_night(good, kind):
    if kind == "order" and shutil.which("strace") is None:
        pytest.skip("no strace to see the order of calls with")
    make, times, _ = KINDS[kind]
    assert sum(make(good, times).values()) >= max(1, times)
