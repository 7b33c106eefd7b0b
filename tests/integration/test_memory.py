"""A night takes a bounded share of the machine's memory, and writes what is more beside its own files."""

import json
import subprocess
import sys

import duckdb
import pytest

import warehouse.memory
from tests.conftest import ROOT
from tests.nights import assert_invariants, run_night, value
from warehouse.connection import staging
from warehouse.home.directory import Home
from warehouse.home.run import Order, Run

#: Runs a night of few segments with DuckDB in 60 MB; prints the peak of each step over its start, in MB. What the step
#: before has freed goes back to the machine first, or the step would be measured in what is left of that one's memory.
PEAKS = """
import ctypes, json, re, sys
from pathlib import Path
import warehouse.customers
import warehouse.memory
from flows.night import PLAIN_STEPS, Steps, night
from warehouse.home.run import Order

warehouse.memory.LEAST_MEMORY_MB, warehouse.memory.THREAD_MEMORY_MB = 60, 1
warehouse.customers.PIECES = warehouse.customers.PieceLimits(cells=60_000)
peaks = {}

def resident(name):
    return int(re.search(rf"{name}:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1000

def measured(name, step):
    def run(*arguments):
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")
        start = resident("VmRSS")
        result = step(*arguments)
        peaks[name] = resident("VmHWM") - start
        return result
    return run

steps = Steps(**{name: measured(name, step) for name, step in vars(PLAIN_STEPS).items()})
night(Order(sys.argv[1], home=sys.argv[2], k=2), steps)
print(json.dumps(peaks))
"""

#: Their memory is a matter of the encoded customers.
ENCODED = {"encode", "cluster"}


@pytest.fixture
def run(home):
    Home(home).prepare()
    run = Run.begin(Order("", home=str(home)))
    run.staging.mkdir()
    return run


def setting(run, name):
    with staging(run) as database:
        return database.execute("SELECT current_setting($name)", {"name": name}).fetchall()[0][0]


def test_run_memory_is_bounded_by_its_threads(run, monkeypatch):
    monkeypatch.setattr(warehouse.memory, "MOST_THREADS", 2)
    assert setting(run, "threads") <= 2
    assert setting(run, "memory_limit") == "238.4 MiB"


def test_second_thread_is_for_large_files(run, monkeypatch):
    run.source_copy(1).write_text("Age,Location,Purchase History\n30,Ohio,tea\n")
    assert setting(run, "threads") == 1
    monkeypatch.setattr(warehouse.memory, "ONE_THREAD_BYTES", 10)
    with duckdb.connect() as database:
        assert setting(run, "threads") == min(warehouse.memory.MOST_THREADS, warehouse.memory.threads_of(database))


def test_spill_files_stay_in_run_directory(run):
    assert setting(run, "temp_directory") == str(run.staging / "spill")


def test_wide_rows_get_the_memory_they_need(write, home, monkeypatch):
    monkeypatch.setattr(warehouse.memory, "LEAST_MEMORY_MB", 40)
    monkeypatch.setattr(warehouse.memory, "THREAD_MEMORY_MB", 1)
    text = "".join(f"{20 + n % 60},Place {n % 7},{'x' * 300}{n % 5}, tea\n" for n in range(60_000))
    run_night(write(f"Age,Location,Purchase History\n{text}"), home, k=2)
    assert value(home, "SELECT count(*) FROM customers") == 60_000
    assert list((home / "staging").iterdir()) == []
    assert_invariants(home)


def lines(n_customers):
    """Customers no two of whom are alike, one of fifty of them rejected."""
    faulty = ("", "", *[""] * 47, "x")
    rows = (
        f"{20 + n % 60}{faulty[n % 50]},Place {n % 7},a{n // 64 % 64}, b{n // 4096 % 64}, c{n // 262144}\n"
        for n in range(n_customers)
    )
    return "Age,Location,Purchase History\n" + "".join(rows)


def peaks(source, home):
    arguments = [sys.executable, "-c", PEAKS, str(source), str(home)]
    printed = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return json.loads(printed.splitlines()[-1])


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a step can be told on Linux alone")
def test_step_memory_does_not_grow_with_customers(write, tmp_path):
    few, many = 300_000, 1_050_000
    of_few = peaks(write(lines(few), "few.csv"), tmp_path / "few")
    of_many = peaks(write(lines(many), "many.csv"), tmp_path / "many")
    # The few fill DuckDB's 60 MB as the many do, but for 10 to 45; a text in Python for each customer is 50 on top.
    bound = 75
    grown = {step: round(of_many[step] - of_few[step]) for step in of_many.keys() - ENCODED}
    assert len(grown) == 10
    assert {step: mb for step, mb in grown.items() if mb > bound} == {}
