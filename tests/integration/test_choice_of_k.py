"""What the tables say of k: exact where it can be, honest where it is sampled, never an infinity."""

import warnings

import duckdb
import numpy as np
import pytest

from tests.nights import assert_invariants, rows, run_night, value
from warehouse.home.ledger import read_manifest

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, items, numeric

class Shop(Dataset, {settings}):
    x: Series[float] = numeric()
    y: Series[float] = numeric()
"""


@pytest.fixture
def night(write, home):
    """Run a night of customers with two numbers; return the home."""

    def run(points, settings="exact_rows=50_000", **order):
        lines = [",".join(map(repr, map(float, point))) for point in points]
        source = write("\n".join(["x,y", *lines, ""]))
        run_night(source, home, dataset=str(write(SCHEMA.format(settings=settings), "shop.py")), **order)
        return home

    return run


def blobs(n_customers=2400, spread=0.5):
    rng = np.random.default_rng(0)
    return np.round(
        rng.choice([[0, 0], [6, 0], [0, 6], [6, 6]], n_customers) + rng.normal(size=(n_customers, 2)) * spread, 3
    )


def test_exact_curve_says_that_it_is_exact(night):
    home = night(blobs())
    assert set(
        rows(home, "SELECT DISTINCT method, rows_scored, rows_against, decisive FROM k_scores WHERE eligible")
    ) == {("exact", 2400, 2400, True)}
    assert value(home, "SELECT count(*) FROM k_scores WHERE silhouette_low <> silhouette_high") == 0
    assert value(home, "SELECT count(*) FROM k_scores WHERE NOT silhouette_q1 < silhouette_q3") == 0
    assert value(home, "SELECT k FROM k_scores WHERE chosen") == 4


def test_sampled_curve_states_sample_and_error(night):
    home = night(blobs(), "exact_rows=100, max_scored=300")
    ((method, scored, against, low, mean, high, decisive),) = rows(
        home,
        """SELECT method, rows_scored, rows_against, silhouette_low, silhouette, silhouette_high, decisive
        FROM k_scores WHERE chosen""",
    )
    assert (method, decisive) == ("sampled", True)
    assert 300 <= scored < 400
    assert against == 2400
    assert low < mean < high < low + 0.1
    assert value(home, "SELECT k FROM k_scores WHERE chosen") == 4


def test_undecided_choice_is_in_table_and_notes(night):
    noise = np.round(np.random.default_rng(0).normal(size=(2400, 2)), 4)
    home = night(noise, "exact_rows=100, max_scored=200")
    near = rows(home, "SELECT k FROM k_scores WHERE NOT decisive AND NOT chosen ORDER BY k")
    assert near
    assert value(home, "SELECT decisive FROM k_scores WHERE chosen") is False
    (manifest,) = home.glob("runs/*/manifest.json")
    notes = read_manifest(manifest)["notes"]
    chosen = value(home, "SELECT k FROM k_scores WHERE chosen")
    words = ", ".join(f"k={k}" for (k,) in near)
    assert f"the choice of k={chosen} is not decisive: {words} within sampling error" in notes
    assert any(note.startswith("silhouettes are those of ") and "of the 2,400 customers" in note for note in notes)
    assert notes[-1] in (manifest.parent / "report.html").read_text().replace("&#39;", "'")


def test_sampled_night_is_the_same_twice(night, home, tmp_path):
    night(blobs(spread=3), "exact_rows=100, max_scored=300")
    tables = ("k_scores", "centroids", "customer_segments", "segment_stats")
    first = [rows(home, f"SELECT * FROM {table} ORDER BY ALL") for table in tables]
    night(blobs(spread=3)[::-1], "exact_rows=100, max_scored=300", force=True)
    assert [rows(home, f"SELECT * FROM {table} ORDER BY ALL") for table in tables] == first


EXTREMES = {
    "one row": [[1, 2]],
    "two rows": [[1, 2], [3, 4]],
    "all equal": [[1, 2]] * 40,
    "a constant column": [[1, n % 7] for n in range(40)],
    "two far groups of equal rows": [[0, 0]] * 20 + [[1e15, 1e15]] * 20,
    "an enormous value": [[n % 7, n % 5] for n in range(60)] + [[1e300, 3]],
    "the largest float": [[n % 7, n % 5] for n in range(60)] + [[1.7976931348623157e308, -1.7976931348623157e308]],
    "the smallest floats": [[5e-324 * (n % 2), 1e-310 * (n % 3)] for n in range(60)],
    "few different rows": [[n % 3, 0] for n in range(40)],
}


@pytest.mark.parametrize("points", EXTREMES.values(), ids=EXTREMES)
def test_extreme_numbers_give_finite_results(night, points):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        warnings.filterwarnings("error", category=UserWarning, module="sklearn")
        home = night(points)
    assert_invariants(home)
    with duckdb.connect(str(home / "segments.duckdb"), read_only=True) as database:
        doubles = database.execute(
            """SELECT table_name, column_name FROM information_schema.columns
            WHERE data_type = 'DOUBLE' AND table_name <> 'customers'"""
        ).fetchall()
        for table, column in doubles:
            query = f'SELECT count(*) FROM {table} WHERE NOT isfinite("{column}")'
            assert database.execute(query).fetchall() == [(0,)], (table, column)
    assert value(home, "SELECT count(*) FROM k_scores WHERE reason = ''") == 0
    assert value(home, "SELECT count(*) FROM k_scores WHERE chosen") == 1


def test_k_beyond_different_rows_is_explained(night):
    home = night([[n % 3, 0] for n in range(40)])
    assert rows(home, "SELECT k, eligible, chosen FROM k_scores WHERE k <= 4 ORDER BY k") == [
        (2, True, False),
        (3, True, True),
        (4, False, False),
    ]
    assert value(home, "SELECT reason FROM k_scores WHERE k = 4") == (
        "not possible: 3 of 40 customers differ after encoding"
    )
