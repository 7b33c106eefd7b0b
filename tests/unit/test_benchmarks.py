"""The benchmarks measure what they say they measure: seeded data, columns, medians, ratios."""

import csv
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from benchmarks.__main__ import size_of
from benchmarks.figures import (
    AS_THE_NIGHT,
    IN_ONE_WALK,
    NIGHT,
    SCIKIT_LEARN,
    TEXTBOOK,
    Figures,
    curve_differences,
    line,
    ratios,
    read_csv,
    write_csv,
)
from benchmarks.generate import N_PRODUCTS, N_STATES, parts, write_customers
from benchmarks.plot import draw
from benchmarks.sets import KINDS, encoded_customers, generated_sets
from benchmarks.textbook import read
from benchmarks.timing import CommandFailed, timed
from tests.conftest import ROOT


def figures(who, customers, seconds, run=1, **more):
    return Figures(who, customers, run, seconds, seconds + 1, 100.0, **more)


@pytest.mark.parametrize(("text", "size"), [("5k", 5_000), ("1M", 1_000_000), ("2.5k", 2_500), ("300", 300)])
def test_sizes_are_read_as_people_write_them(text, size):
    assert size_of(text) == size


def test_same_seed_gives_the_same_file(tmp_path):
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        write_customers(tmp_path / name, 500, seed)
    one, again, other = ((tmp_path / name).read_bytes() for name in ("one", "again", "other"))
    assert one == again
    assert one != other


def test_smaller_file_begins_the_larger_one(tmp_path):
    write_customers(tmp_path / "small", 300)
    write_customers(tmp_path / "large", 100_200)
    large = (tmp_path / "large").read_text()
    assert large.startswith((tmp_path / "small").read_text())
    assert large.count("\n") == 100_201
    # The second part is not the first one again.
    lines = large.splitlines()[1:]
    assert lines[:200] != lines[100_000:]


def test_lines_hold_the_customers_that_were_drawn(tmp_path):
    write_customers(tmp_path / "file", 400)
    (drawn,) = parts(400)
    lines = (tmp_path / "file").read_text().splitlines()
    assert lines[0] == "Age,Location,Purchase History"
    for row, text in enumerate(lines[1:]):
        age, state, products = text.split(",", 2)
        assert (int(age), state) == (drawn.ages[row], f"State {drawn.states[row]}")
        bought = [f"product {number}" for number in np.flatnonzero(drawn.bought[row])]
        assert products == ", ".join(bought)


def test_generated_encoding_matches_the_textbook_reading(tmp_path):
    write_customers(tmp_path / "file", 3_000)
    matrix = read(tmp_path / "file", is_as_the_night=True)
    rows = encoded_customers(3_000).dense(slice(None))
    assert rows.shape == (3_000, 1 + N_STATES + N_PRODUCTS)
    np.testing.assert_allclose(rows[:, 0], matrix[:, 0], atol=1e-6)
    # The textbook has its columns in the order of their names.
    assert sorted(map(tuple, matrix[:, 1:].T)) == sorted(map(tuple, rows[:, 1:].T))


def test_textbook_standardizes_everything_unless_told_otherwise(tmp_path):
    write_customers(tmp_path / "file", 500)
    matrix = read(tmp_path / "file", is_as_the_night=False)
    np.testing.assert_allclose(matrix, StandardScaler().fit_transform(matrix), atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_data_are_seeded(kind):
    one, again, other = (KINDS[kind](600, seed).dense(slice(None)) for seed in (0, 0, 1))
    assert len(one) == 600
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_there_are_fifty_generated_sets():
    sets = list(generated_sets())
    assert len({one.name for one in sets}) == len(sets) == 50
    assert all(1_000 <= len(one.rows()) <= 20_000 for one in sets[:5])
    assert np.array_equal(sets[0].rows().numbers, next(generated_sets()).rows().numbers)


def test_ratios_are_those_of_medians():
    found = [figures(NIGHT, 20_000, seconds, run) for run, seconds in enumerate((2.0, 9.0, 1.0), start=1)]
    found += [figures(TEXTBOOK, 20_000, 30.0), figures(NIGHT, 1_000_000, 15.0)]
    found += [figures(SCIKIT_LEARN, 5_000, 8.0), figures(IN_ONE_WALK, 5_000, 0.25)]
    assert {ratio.words: ratio.value for ratio in ratios(found)} == {
        f"{TEXTBOOK} at 20,000 / {NIGHT} at 20,000": 15.0,
        f"{SCIKIT_LEARN} at 5,000 / {IN_ONE_WALK} at 5,000": 32.0,
        f"{TEXTBOOK} at 20,000 / {NIGHT} at 1,000,000": 2.0,
        f"{NIGHT} at 1,000,000 / {NIGHT} at 20,000": 7.5,
    }


def test_failed_measurement_has_reason_but_no_ratio():
    failed = Figures(TEXTBOOK, 5_000, 1, 0, 0, 0, note="ended with exit code 1")
    assert ratios([failed, figures(NIGHT, 5_000, 2.0)]) == []
    assert "ended with exit code 1" in line(failed)


def test_curves_are_compared_on_same_segments():
    night = figures(NIGHT, 5_000, 1.0, curve={2: 0.5, 3: 0.4}, objectives={2: 9.0, 3: 7.0})
    textbook = figures(AS_THE_NIGHT, 5_000, 9.0, curve={2: 0.5004, 3: 0.1}, objectives={2: 9.0, 3: 7.07})
    (told,) = curve_differences([night, textbook])
    assert told.split()[0] == "4.0e-04"
    assert "k=3 (-0.99 %)" in told


def test_csv_has_a_column_for_everything_measured(tmp_path):
    found = [figures(NIGHT, 5_000, 1.5, k=4, steps={"ingest": 0.25, "fit": 1.0}), figures(TEXTBOOK, 5_000, 3.0)]
    write_csv(tmp_path / "file.csv", found)
    with (tmp_path / "file.csv").open() as file:
        night, textbook = csv.DictReader(file)
    assert list(night) == [own.name for own in fields(Figures)]
    assert night["steps"] == "ingest=0.25 fit=1"
    assert (night["k"], textbook["k"]) == ("4", "")
    assert [one.seconds for one in read_csv(tmp_path / "file.csv")] == [1.5, 3.0]


def test_plot_is_one_svg_for_both_themes():
    found = [figures(who, size, size / 1e4) for who in (NIGHT, TEXTBOOK) for size in (5_000, 20_000)]
    svg = draw(found)
    ElementTree.fromstring(svg)
    assert svg == draw(found)
    assert "prefers-color-scheme" in svg
    assert "this project, 2.0 s" in svg
    assert "textbook, 2.0 s" in svg


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a module that can be run by its name."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return lambda name, content: (tmp_path / f"{name}.py").write_text(content)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc")
def test_memory_of_children_counts(module):
    module("one", "kept = bytearray(b'x') * 60_000_000; import time; time.sleep(0.5)")
    start = "subprocess.Popen([sys.executable, '-m', 'one'])"
    module("two", f"import subprocess, sys; [child.wait() for child in [{start}, {start}]]; print('both')")
    # Asked by a small process, as Linux counts the memory of who starts a process as its own.
    ask = "from benchmarks.timing import timed; took = timed('two'); print(took.peak_mb, took.seconds, took.printed)"
    told = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    peak_mb, seconds, printed = told.stdout.split()
    assert float(peak_mb) > 120
    assert float(seconds) > 0.5
    assert printed == "both"


def test_command_that_fails_says_its_last_words(module):
    module("fails", "import sys; print('no java here', file=sys.stderr); sys.exit(3)")
    with pytest.raises(CommandFailed, match="fails ended with exit code 3: no java here"):
        timed("fails")
