"""The canonical order of the customers: whatever they are delivered or written in, it is one."""

import pandas as pd
import pytest

import warehouse.customers
from schemas.dataset import columns_of
from schemas.loading import load_dataset
from tests.nights import rows, run_night, value
from warehouse.connection import staging
from warehouse.home.directory import Home
from warehouse.home.run import Order, Run
from warehouse.segments import insert_customer_segments
from warehouse.tables import create_published_tables


def lines(numbers):
    return "Age,Location,Purchase History\n" + "".join(f"{20 + n % 60},Place {n % 7},a{n % 11}\n" for n in numbers)


def test_segments_have_the_order_of_customers(write, home):
    run_night(write(lines(range(500))), home, k=3)
    assert value(home, "SELECT count(*) FROM customers POSITIONAL JOIN customer_segments") == 500
    same = "customers.customer_id = customer_segments.customer_id AND customers.rowid = customer_segments.rowid"
    assert rows(home, f"SELECT count(*) FROM customers POSITIONAL JOIN customer_segments WHERE {same}") == [(500,)]


@pytest.mark.parametrize("bytes_at_a_time", [500, 3_000])
def test_wide_customers_sorted_in_pieces_agree(write, home, tmp_path, monkeypatch, bytes_at_a_time):
    source = write(lines([*range(120), *range(30)]))
    run_night(source, home, k=2)
    pieces = warehouse.customers.PieceLimits(wide_bytes=0, sorted_bytes=bytes_at_a_time)
    monkeypatch.setattr(warehouse.customers, "PIECES", pieces)
    run_night(source, tmp_path / "parts", k=2)
    everything = "SELECT rowid, * FROM customers ORDER BY rowid"
    assert rows(tmp_path / "parts", everything) == rows(home, everything)


@pytest.mark.parametrize("sizes", [(7,), (3, 4), (1, 5, 1)])
def test_segments_in_pieces_belong_to_their_customers(home, sizes):
    Home(home).prepare()
    run = Run.begin(Order("", home=str(home)))
    run.staging.mkdir()
    whole = pd.DataFrame(
        {
            "segment_id": [1, 2, 1, 3, 2, 2, 1],
            "distance": [0.5, 1, 2, 3, 4, 5, 6],
            "second_segment_id": 4,
            "second_distance": 7.5,
            "is_outlier": False,
            "gradient_tier": pd.array([None] * 7, dtype="Int64"),
            "previous_segment_id": pd.array([None] * 7, dtype="Int64"),
            "segment_since": pd.Timestamp("2026-01-01"),
        }
    )
    ends = pd.Series(sizes).cumsum()
    pieces = (whole[end - size : end] for size, end in zip(sizes, ends, strict=True))
    with staging(run) as database:
        create_published_tables(database, columns_of(load_dataset("customers")))
        database.execute(
            "INSERT INTO customers SELECT 'c' || (6 - range), 'a.csv', range + 2, 30, 'Ohio', [] FROM range(7)"
        )
        insert_customer_segments(database, pieces)
        found = database.execute("SELECT customer_id, segment_id, distance FROM customer_segments").fetchall()
    assert found == [(f"c{6 - n}", whole["segment_id"][n], whole["distance"][n]) for n in range(7)]
