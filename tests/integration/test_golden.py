"""The segments of the sample, as they were first published: an upgrade of a library that moves a customer is seen here.

After a change that is meant to move customers: python -m tests.integration.test_golden
"""

import csv
import tempfile
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import ROOT, aged
from tests.nights import rows, run_night

SAMPLE = ROOT / "samples" / "customers.csv"

#: Segment of each customer of the sample, one character each, in the order of the file.
SEGMENTS = ROOT / "tests" / "golden" / "sample_segments.txt"

#: Feature, center and scale, and the coordinates of its centroids.
MODEL = ROOT / "tests" / "golden" / "sample_model.csv"


def segments(home):
    found = rows(
        home, "SELECT segment_id FROM customers JOIN customer_segments USING (customer_id) ORDER BY line_number"
    )
    return "".join(str(segment_id) for (segment_id,) in found)


def model(home):
    query = """
        SELECT feature, any_value(center), any_value(scale), list(centroids.value ORDER BY segment_id)
        FROM features JOIN centroids USING (feature) GROUP BY feature ORDER BY feature"""
    return {feature: [center, scale, *values] for feature, center, scale, values in rows(home, query)}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("golden") / "home"
    run_night(SAMPLE, home, as_of=date(2026, 1, 1))
    return home


def test_sample_has_its_segments(home):
    assert segments(home) == SEGMENTS.read_text().strip()


def test_sample_has_its_model(home):
    with MODEL.open(newline="") as file:
        golden = {feature: [float(value) for value in values] for feature, *values in csv.reader(file)}
    found = model(home)
    assert found.keys() == golden.keys()
    for feature, values in golden.items():
        assert found[feature] == pytest.approx(values, abs=1e-6), feature


def test_next_day_moves_nobody(home, tmp_path):
    header, *lines = SAMPLE.read_text().splitlines()
    backwards = tmp_path / "customers.csv"
    backwards.write_text("\n".join([header, *reversed(lines), ""]))
    run_night(aged(backwards), home, as_of=date(2026, 1, 2))
    assert segments(home)[::-1] == SEGMENTS.read_text().strip()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        run_night(SAMPLE, Path(folder), as_of=date(2026, 1, 1))
        SEGMENTS.write_text(segments(folder) + "\n")
        with MODEL.open("w", newline="") as file:
            csv.writer(file).writerows([feature, *values] for feature, values in model(folder).items())
