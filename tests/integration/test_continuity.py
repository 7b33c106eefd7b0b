"""The same customer in the same segment from run to run: numbers, transitions, lifetimes, history."""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

import duckdb
import pytest

from tasks.freeze import freeze
from tests.conftest import ROOT, aged
from tests.nights import assert_invariants, rows, rows_of, run_night, value
from warehouse.integrity import sha256_of

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, identifier, numeric

class Shop(Dataset, max_rejected_share=1):
    customer_id: Series[str] = identifier()
    age: Series[int] = numeric(ge=0, le=120)
    plan: Series[str] = category()
"""

CONTINUITY = (ROOT / "docs" / "continuity.md").read_text()

AGES = {"basic": 20, "family": 45, "senior": 80, "business": 105}


def row(customer, plan):
    return f"{customer},{AGES[plan] + customer % 5},{plan}"


def customers(**plans):
    """Return customer -> plan, as in ``customers(basic=range(1, 31))``."""
    return {customer: plan for plan, numbers in plans.items() for customer in numbers}


@dataclass
class Shop:
    """A home, and the runs in it of one day each."""

    folder: Path
    run_ids: dict[date, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def run(self, day, plans, *, schema=SCHEMA, header="customer_id,age,plan", cut=0, **order):
        lines = [row(customer, plan).split(",", cut)[cut] for customer, plan in plans.items()]
        Random(day).shuffle(lines)
        (self.folder / "shop.py").write_text(schema)
        source = self.folder / "customers.csv"
        source.write_text("\n".join([header, *lines, ""]))
        as_of = date(2026, 3, day)
        order = {"k": len(set(plans.values())), "as_of": as_of, "accept_volume": True, "force": True} | order
        summary = run_night(aged(source), self.home, dataset=str(self.folder / "shop.py"), **order)
        assert_invariants(self.home)
        self.run_ids[as_of] = summary.run_id
        return summary

    def on(self, day, sql):
        """Return the rows of a query on the file that was published for a day."""
        run_id = self.run_ids[date(2026, 3, day)]
        path = self.home / "archive" / f"{run_id}.duckdb"
        path = path if path.exists() else self.home / "segments.duckdb"
        return rows_of(path, sql)

    def numbers(self, day):
        """Return the segment of each plan."""
        found = self.on(
            day,
            "SELECT plan, list(DISTINCT segment_id) FROM customers JOIN customer_segments USING (customer_id) "
            "GROUP BY ALL",
        )
        return {plan: ids[0] for plan, ids in found if len(ids) == 1}


#: Who is there on which day: 1 changes from the second plan to the first, 2 leaves, and new ones come.
FIRST = customers(basic=range(100, 130), family=range(1, 25), senior=range(200, 218))
GROWN = {**FIRST, **customers(senior=range(218, 240)), 1: "basic"}
del GROWN[2]
OPENED = {**GROWN, **customers(business=range(300, 320))}
CLOSED = {customer: plan for customer, plan in OPENED.items() if plan != "family"}
OPENED_AGAIN = {**CLOSED, **customers(family=range(400, 430))}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("shop"))
    for day, plans in enumerate([FIRST, GROWN, OPENED, CLOSED, OPENED_AGAIN], start=1):
        shop.run(day, plans)
    freeze(shop.home, "spring", 1, control=0.1)
    return shop


def test_first_run_numbers_by_size(shop):
    assert shop.numbers(1) == {"basic": 1, "family": 2, "senior": 3}
    assert shop.on(1, "SELECT DISTINCT previous_segment_id, segment_since FROM customer_segments") == [
        (None, date(2026, 3, 1))
    ]
    assert shop.on(1, "FROM segment_transitions") == []


def test_numbers_stay_whatever_the_sizes(shop):
    assert shop.numbers(2) == {"basic": 1, "family": 2, "senior": 3}
    assert shop.on(2, "SELECT segment_id, customers, previous_customers, first_seen FROM segments ORDER BY 1") == [
        (1, 31, 30, date(2026, 3, 1)),
        (2, 22, 24, date(2026, 3, 1)),
        (3, 40, 18, date(2026, 3, 1)),
    ]


def test_new_segment_gets_new_number(shop):
    assert shop.numbers(3) == {"basic": 1, "family": 2, "senior": 3, "business": 4}
    assert shop.on(3, "SELECT transition, customers FROM segment_transitions WHERE to_segment_id = 4") == [
        ("emerged", 20)
    ]
    assert shop.on(3, "SELECT first_seen, previous_customers FROM segments WHERE segment_id = 4") == [
        (date(2026, 3, 3), None)
    ]


def test_retired_number_never_comes_back(shop):
    assert shop.numbers(4) == {"basic": 1, "senior": 3, "business": 4}
    assert shop.numbers(5) == {"basic": 1, "senior": 3, "business": 4, "family": 5}
    assert shop.on(5, "SELECT segment_id, first_seen, last_seen FROM segment_lifetimes ORDER BY 1") == [
        (1, date(2026, 3, 1), date(2026, 3, 5)),
        (2, date(2026, 3, 1), date(2026, 3, 3)),
        (3, date(2026, 3, 1), date(2026, 3, 5)),
        (4, date(2026, 3, 3), date(2026, 3, 5)),
        (5, date(2026, 3, 5), date(2026, 3, 5)),
    ]


def test_transitions_say_what_changed(shop):
    found = shop.on(2, "SELECT transition, from_segment_id, to_segment_id, shared_customers FROM segment_transitions")
    assert found == [("survived", 1, 1, 30), ("survived", 2, 2, 22), ("survived", 3, 3, 18)]
    ((before, now, shift),) = shop.on(
        2, "SELECT previous_center['age'], center['age'], center_shift FROM segment_transitions WHERE to_segment_id = 3"
    )
    assert before == pytest.approx(sum(80 + n % 5 for n in range(200, 218)) / 18)
    assert now == pytest.approx(sum(80 + n % 5 for n in range(200, 240)) / 40)
    assert 0 < shift < 0.1
    assert shop.on(4, "SELECT transition, previous_customers, customers FROM segment_transitions ORDER BY 1, 2") == [
        ("disappeared", 22, None),
        ("survived", 20, 20),
        ("survived", 31, 31),
        ("survived", 40, 40),
    ]


def test_moves_count_every_customer(shop):
    assert shop.on(2, "FROM segment_moves") == [
        (1, 1, 30),
        (2, 1, 1),
        (2, 2, 22),
        (2, None, 1),
        (3, 3, 18),
        (None, 3, 22),
    ]


def test_history_has_every_period(shop):
    history = (
        "SELECT segment_id, valid_from, valid_to FROM segment_history WHERE customer_id = '{}' ORDER BY valid_from"
    )
    assert shop.on(5, history.format(1)) == [
        (2, date(2026, 3, 1), date(2026, 3, 2)),
        (1, date(2026, 3, 2), None),
    ]
    assert shop.on(5, history.format(2)) == [(2, date(2026, 3, 1), date(2026, 3, 2))]
    assert shop.on(5, history.format(3)) == [(2, date(2026, 3, 1), date(2026, 3, 4))]
    assert shop.on(5, "SELECT count(*) FROM segment_history WHERE valid_to IS NULL") == [(len(OPENED_AGAIN),)]


def test_events_say_who_joined_and_left(shop):
    events = """
        SELECT customer_id, segment_id, event FROM membership_events
        WHERE event_date = '2026-03-02' AND customer_id < '200'
        ORDER BY customer_id, event DESC"""
    assert shop.on(5, events) == [("1", 2, "left"), ("1", 1, "joined"), ("2", 2, "left")]


def test_customers_know_their_previous_segment(shop):
    moved = "SELECT segment_id, previous_segment_id, segment_since FROM customer_segments WHERE customer_id = '1'"
    assert shop.on(2, moved) == [(1, 2, date(2026, 3, 2))]
    assert shop.on(5, moved) == [(1, 1, date(2026, 3, 2))]


def test_run_says_what_changed(shop):
    ((summary,),) = shop.on(2, "SELECT count(*) FROM runs WHERE status = 'published'")
    assert summary == 2
    notes = "\n".join(_notes(shop, 2))
    assert "since the run of 2026-03-01: segments 1, 2 and 3 survived" in notes
    assert "70 of 71 customers stayed in their segment (98.6%); 22 new, 1 gone" in notes
    assert "2 disappeared" in "\n".join(_notes(shop, 4))


def test_day_run_again_is_replaced(shop, tmp_path):
    again = Shop(tmp_path)
    for day, plans in enumerate([FIRST, GROWN, OPENED], start=1):
        again.run(day, plans)
        if day == 2:
            again.run(day, FIRST)  # a wrong file, which takes the number 4 of the next day for nothing
            again.run(day, GROWN)
    for table in ("segment_history", "segment_lifetimes", "segment_moves", "segment_transitions", "customer_segments"):
        assert again.on(3, f"FROM {table} ORDER BY ALL") == shop.on(3, f"FROM {table} ORDER BY ALL")


def test_first_day_run_again_keeps_numbers(tmp_path):
    shop = Shop(tmp_path)
    shop.run(1, FIRST)
    shop.run(1, GROWN)
    assert shop.numbers(1) == {"basic": 1, "family": 2, "senior": 3}
    assert value(shop.home, "SELECT count(*) FROM segment_transitions") == 0
    assert rows(shop.home, "SELECT DISTINCT segment_since FROM customer_segments") == [(date(2026, 3, 1),)]


def test_split_and_merge_keep_larger_number(tmp_path):
    shop = Shop(tmp_path)
    one = customers(basic=range(100, 130), family=range(1, 25))
    split = {**one, **customers(senior=range(120, 130))}
    shop.run(1, one)
    shop.run(2, split)
    shop.run(3, one)
    assert shop.numbers(2) == {"basic": 1, "family": 2, "senior": 3}
    assert shop.on(2, "SELECT from_segment_id, to_segment_id FROM segment_transitions WHERE transition = 'split'") == [
        (1, 3)
    ]
    assert shop.numbers(3) == {"basic": 1, "family": 2}
    assert shop.on(
        3, "SELECT from_segment_id, to_segment_id FROM segment_transitions WHERE transition = 'absorbed'"
    ) == [(3, 1)]
    assert shop.on(3, "SELECT successor_id FROM segment_lifetimes WHERE segment_id = 3") == [(1,)]


def test_without_identifier_history_is_unavailable(tmp_path):
    shop = Shop(tmp_path)
    plain = {
        "schema": SCHEMA.replace("    customer_id: Series[str] = identifier()\n", ""),
        "header": "age,plan",
        "cut": 1,
    }
    shop.run(1, FIRST, **plain)
    shop.run(2, GROWN, **plain)
    assert shop.numbers(2) == {"basic": 1, "family": 2, "senior": 3}
    for table in ("segment_history", "segment_moves", "membership_events"):
        assert shop.on(2, f"FROM {table}") == []
    assert shop.on(2, "SELECT DISTINCT previous_segment_id, segment_since FROM customer_segments") == [(None, None)]
    assert any("the dataset declares no identifier" in note for note in _notes(shop, 2))


def test_other_customers_match_by_centers(tmp_path):
    shop = Shop(tmp_path)
    shop.run(1, FIRST)
    shop.run(2, customers(senior=range(2000, 2040), family=range(1000, 1030), basic=range(3000, 3020)))
    assert shop.numbers(2) == {"basic": 1, "family": 2, "senior": 3}


def test_lost_published_file_is_followed_from_archive(tmp_path):
    shop = Shop(tmp_path)
    shop.run(1, FIRST)
    shop.run(2, GROWN)
    (shop.home / "segments.duckdb").chmod(0o644)
    (shop.home / "segments.duckdb").write_bytes(b"not a database")
    shop.run(3, OPENED)
    assert shop.numbers(3) == {"basic": 1, "family": 2, "senior": 3, "business": 4}
    assert value(shop.home, "SELECT DISTINCT segment_since FROM customer_segments WHERE segment_id = 2") == date(
        2026, 3, 1
    )


def test_previous_version_begins_the_history(tmp_path):
    shop = Shop(tmp_path)
    shop.run(1, FIRST)
    published = shop.home / "segments.duckdb"
    published.chmod(0o644)
    with duckdb.connect(str(published)) as database:
        database.execute("DROP VIEW membership_events; DROP VIEW segment_history; DROP VIEW segment_moves")
        database.execute("DROP TABLE past_memberships; DROP TABLE segment_lifetimes")
    (manifest,) = shop.home.glob("runs/*/manifest.json")
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"published_sha256": sha256_of(published)}))
    shop.run(2, GROWN)
    assert any("segments are numbered anew" in note for note in _notes(shop, 2))
    assert value(shop.home, "SELECT count(*) FROM segment_transitions") == 0


def _notes(shop, day):
    return json.loads((shop.home / "runs" / shop.run_ids[date(2026, 3, day)] / "manifest.json").read_text())["notes"]


def test_earlier_runs_are_in_schema_history(shop):
    assert shop.on(3, "SELECT as_of, segment_id, customers FROM history.segments ORDER BY ALL") == [
        (date(2026, 3, 1), 1, 30),
        (date(2026, 3, 1), 2, 24),
        (date(2026, 3, 1), 3, 18),
        (date(2026, 3, 2), 1, 31),
        (date(2026, 3, 2), 2, 22),
        (date(2026, 3, 2), 3, 40),
    ]
    assert shop.on(3, "SELECT count(DISTINCT run_id) FROM history.segment_stats") == [(2,)]
    assert shop.on(3, "SELECT as_of, k FROM history.k_scores WHERE chosen ORDER BY ALL") == [
        (date(2026, 3, 1), 3),
        (date(2026, 3, 2), 3),
    ]
    # What a table of the history has is what that run published.
    kept = shop.on(3, "SELECT * EXCLUDE (run_id, as_of) FROM history.segment_stats WHERE as_of = '2026-03-02'")
    assert kept == shop.on(2, "FROM segment_stats")


def test_history_goes_back_as_far_as_declared(tmp_path):
    shop = Shop(tmp_path)
    schema = SCHEMA.replace("max_rejected_share=1", "max_rejected_share=1, history_runs=1")
    for day, plans in enumerate([FIRST, GROWN, FIRST, GROWN], start=1):
        shop.run(day, plans, schema=schema)
    assert rows(shop.home, "SELECT DISTINCT as_of FROM history.segments") == [(date(2026, 3, 3),)]
    assert rows(shop.home, "SELECT DISTINCT valid_to FROM past_memberships") == [(date(2026, 3, 4),)]
    assert value(shop.home, "SELECT count(*) FROM segment_lifetimes") == 3


@pytest.mark.parametrize("query", re.findall(r"```sql\n(.*?)```", CONTINUITY, re.DOTALL))
def test_documented_queries_return_rows(shop, query):
    query = query.replace("2027-01-31", "2026-03-02").replace("segment_id = 2", "segment_id = 5")
    assert shop.on(5, query)
