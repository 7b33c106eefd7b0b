"""A night takes a bounded share of the machine's memory, and writes what is more beside its own files."""

import pytest

import warehouse.memory
from tests.nights import assert_invariants, run_night, value
from warehouse.home import Home
from warehouse.opening import staging
from warehouse.run import Order, Run


@pytest.fixture
def run(home):
    Home(home).prepare()
    run = Run.begin(Order("", home=str(home)))
    run.staging.mkdir()
    return run


def setting(run, name):
    with staging(run) as database:
        return database.execute("SELECT current_setting($name)", {"name": name}).fetchall()[0][0]


def test_memory_of_the_night_is_bounded_by_its_threads(run, monkeypatch):
    monkeypatch.setattr(warehouse.memory, "MOST_THREADS", 2)
    assert setting(run, "threads") <= 2
    assert setting(run, "memory_limit") == "238.4 MiB"


def test_what_does_not_fit_is_written_into_the_run_s_own_directory(run):
    assert setting(run, "temp_directory") == str(run.staging / "spill")


def test_night_of_wide_rows_gets_the_memory_that_its_lines_need(write, home, monkeypatch):
    monkeypatch.setattr(warehouse.memory, "LEAST_MEMORY_MB", 40)
    monkeypatch.setattr(warehouse.memory, "THREAD_MEMORY_MB", 1)
    text = "".join(f"{20 + n % 60},Place {n % 7},{'x' * 300}{n % 5}, tea\n" for n in range(60_000))
    run_night(write(f"Age,Location,Purchase History\n{text}"), home, k=2)
    assert value(home, "SELECT count(*) FROM customers") == 60_000
    assert list((home / "staging").iterdir()) == []
    assert_invariants(home)
