"""Drift is measured from the run that formed the model, however long ago that was; it warns or refuses by setting."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from schemas.errors import DataRefused, SchemaError
from tests.conftest import aged
from tests.nights import SEED_ROWS, assert_invariants, rows, run_night, value
from warehouse.integrity import sha256_of

HEAD = "from pandera.typing import Series\nfrom schemas import *\n"

SCHEMA = (
    HEAD
    + """
class Shop(Dataset, max_rejected_share=1, settle_seconds=0{settings}):
    customer_id: Series[str] = identifier()
    age: Series[int] = numeric(ge=0, le=120)
    town: Series[str] = category(nullable=True)
    member: Series[bool] = flag(nullable=True)
    products: Series[list] = items()
"""
)

HEADER = "customer_id,age,town,member,products"


def customers(n=600, older=0.0, tea=0.2, towns=("York", "Hull", "Leeds"), first=0, seed=0):
    """Return lines of customers of two kinds, by what they buy; the rest has nothing to do with it."""
    rng = np.random.default_rng(seed)
    lines = []
    for number in range(first, first + n):
        age = round(float(np.clip(rng.normal(50 + older, 10), 0, 120)))
        basket = (["ham", "pork", "beef"], ["kale", "leek", "beet"])[number % 2]
        held = [item for item in basket if rng.random() < 0.9] + (["tea"] if rng.random() < tea else [])
        member = "yes" if rng.random() < 0.3 else "no"
        lines.append(f"{number},{age},{towns[rng.integers(0, len(towns))]},{member},{', '.join(held)}")
    return lines


@dataclass
class Shop:
    """A home, and the runs in it of one day each."""

    folder: Path

    @property
    def home(self):
        return self.folder / "home"

    def run(self, day, lines, *, settings="", schema=SCHEMA, header=HEADER, **order):
        """Run a day and return its notes."""
        (self.folder / "shop.py").write_text(schema.format(settings=settings))
        source = self.folder / "customers.csv"
        source.write_text("\n".join([header, *lines, ""]))
        order = {"as_of": date(2026, 3, day), "accept_volume": True, "force": True, "k": 2} | order
        summary = run_night(aged(source), self.home, dataset=str(self.folder / "shop.py"), **order)
        assert_invariants(self.home)
        return "\n".join(json.loads((self.home / "runs" / summary.run_id / "manifest.json").read_text())["notes"])

    def psi(self, column, item="NULL"):
        query = f"SELECT psi FROM drift WHERE source_column = '{column}' AND value IS NOT DISTINCT FROM {item}"
        return value(self.home, query)

    def bins(self, column):
        query = f"SELECT label, reference_customers, customers FROM drift_bins WHERE source_column = '{column}'"
        return {label: (then, now) for label, then, now in rows(self.home, query)}


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


@pytest.fixture(scope="module")
def slowly(tmp_path_factory):
    """Five days on which the customers grow older by a sixth of a standard deviation a day, and the notes of each."""
    shop = Shop(tmp_path_factory.mktemp("slowly"))
    notes = [shop.run(day, customers(older=1.7 * day, seed=day)) for day in range(1, 6)]
    return shop, notes


def test_run_of_the_model_has_no_drift(shop):
    notes = shop.run(1, customers())
    assert "drift" not in notes
    found = "SELECT DISTINCT psi, level, reason, reference_date, reference_customers FROM drift"
    assert rows(shop.home, found) == [(0, "stable", "no change", date(2026, 3, 1), 600)]
    assert value(shop.home, "SELECT bool_and(share = reference_share AND psi = 0) FROM drift_bins")


def test_drift_accumulates_from_the_first_run(slowly):
    shop, notes = slowly
    series = "SELECT psi FROM history.drift WHERE source_column = 'age' ORDER BY as_of"
    found = [psi for (psi,) in rows(shop.home, series)] + [shop.psi("age")]
    assert found == sorted(found)
    assert (found[0], found[1] < 0.1, found[-1] > 0.25) == (0, True, True)
    assert "age has drifted since the run of 2026-03-01 (PSI 0." in notes[-1]
    # From one day to the next nothing is remarkable, and the model is kept.
    assert [note for day in notes for note in day.splitlines() if "the median is" in note] == []
    assert value(shop.home, "SELECT count(*) FROM models") == 1


def test_reference_outlives_the_archive(slowly):
    shop, _ = slowly
    (path,) = [path for path in shop.home.glob("archive/*.duckdb") if first_day(path)]
    with duckdb.connect(str(path), read_only=True) as database:
        formed = database.execute("SELECT label, customers FROM drift_bins WHERE source_column = 'age'").fetchall()
    kept = rows(shop.home, "SELECT label, reference_customers FROM drift_bins WHERE source_column = 'age'")
    assert kept == formed
    assert len(kept) == 10


def first_day(path):
    with duckdb.connect(str(path), read_only=True) as database:
        return database.execute("SELECT max(as_of) FROM runs").fetchone() == (date(2026, 3, 1),)


def test_centers_move_in_their_own_units(slowly):
    shop, _ = slowly
    query = """
        SELECT d.reference_date, abs(d.difference - (d.mean - d.reference_mean)) < 1e-9, d.difference BETWEEN 4 AND 10,
            abs(d.standardized_difference * 10 - d.difference) < 1, d.mean = s.mean
        FROM segment_drift AS d JOIN segment_stats AS s USING (segment_id, feature) WHERE feature = 'age'"""
    assert rows(shop.home, query) == [(date(2026, 3, 1), True, True, True, True)] * 2


def test_new_segment_begins_its_own_drift(shop):
    shop.run(1, customers())
    shop.run(2, customers(seed=1), k=3)
    begun = dict(rows(shop.home, "SELECT segment_id, max(reference_date) FROM segment_drift GROUP BY segment_id"))
    new = value(shop.home, "SELECT segment_id FROM segments WHERE previous_customers IS NULL")
    assert value(shop.home, "SELECT count(*) FROM models") == 1
    assert (begun[new], min(begun.values())) == (date(2026, 3, 2), date(2026, 3, 1))


@pytest.mark.parametrize("order", [{"refit": True}, {"encoding": "standard"}])
def test_new_model_begins_anew(shop, order):
    shop.run(1, customers())
    shop.run(2, customers(older=7), **order)
    assert shop.psi("age") == 0
    assert rows(shop.home, "SELECT DISTINCT reference_date FROM drift") == [(date(2026, 3, 2),)]
    assert rows(shop.home, "SELECT DISTINCT reference_date, difference FROM segment_drift") == [(date(2026, 3, 2), 0)]


def test_replaced_day_begins_anew(shop):
    shop.run(1, customers())
    notes = shop.run(1, customers(older=7))
    assert "drifted" not in notes
    assert shop.psi("age") == 0


@pytest.mark.parametrize(
    ("settings", "is_said"),
    [("", True), (", drift_warn=5", False), (", drift_warn=None", False), (", drift_refuse=5", True)],
)
def test_warning_is_a_setting(shop, settings, is_said):
    shop.run(1, customers(), settings=settings)
    notes = shop.run(2, customers(older=8), settings=settings)
    assert ("age has drifted since the run of 2026-03-01 (PSI " in notes) == is_said


def test_too_much_drift_is_refused(shop):
    shop.run(1, customers(), settings=", drift_refuse=0.3")
    before = (shop.home / "segments.duckdb").read_bytes()
    with pytest.raises(DataRefused) as refused:
        shop.run(2, customers(older=8), settings=", drift_refuse=0.3")
    message = str(refused.value)
    assert refused.value.exit_code == 65
    assert message.startswith(f"{shop.folder}/customers.csv: age has drifted since the run of 2026-03-01: PSI 0.")
    assert "expected at most 0.3 (drift_refuse in the schema); largest change: " in message
    assert "% of the customers now, " in message
    assert "form a new model with --refit, or raise drift_refuse" in message
    assert (shop.home / "segments.duckdb").read_bytes() == before
    shop.run(2, customers(older=8), settings=", drift_refuse=0.3", refit=True)
    assert value(shop.home, "SELECT count(*) FROM models") == 2


def test_drift_that_forms_a_model_is_refused_too(shop):
    shop.run(1, customers(), settings=", drift_refuse=1")
    with pytest.raises(DataRefused, match="town has drifted since the run of 2026-03-01"):
        shop.run(2, customers(towns=("Y", "H", "L")), settings=", drift_refuse=1")
    notes = shop.run(2, customers(towns=("Y", "H", "L")))
    assert "model 2 is new (" in notes
    assert "town has drifted since the run of 2026-03-01" in notes


def test_refused_run_stops_before_the_segments(shop):
    shop.run(1, customers(), settings=", drift_refuse=0.3")
    with pytest.raises(DataRefused):
        shop.run(2, customers(older=8), settings=", drift_refuse=0.3")
    found = [json.loads(path.read_text()) for path in shop.home.glob("runs/*/manifest.json")]
    (refused,) = [manifest for manifest in found if manifest["status"] == "refused"]
    assert refused["steps"][-1]["step"] == "compare_nights"


@pytest.mark.parametrize("setting", ["drift_warn", "drift_refuse"])
def test_negative_limit_is_refused(shop, setting):
    with pytest.raises(SchemaError, match=f"{setting}=-1 should be 0 or more"):
        shop.run(1, customers(), settings=f", {setting}=-1")


def test_new_and_vanished_values_are_named(shop):
    shop.run(1, customers())
    shop.run(2, customers(towns=("York", "Hull", *["Leeds"] * 9, "Bath")))
    changed = "SELECT new_values, vanished_values FROM drift WHERE source_column = 'town'"
    assert rows(shop.home, changed) == [(["Bath"], [])]
    assert shop.bins("town")["(unknown)"] == (0, 600 - sum(now for _, now in list(shop.bins("town").values())[:3]))
    shop.run(3, customers(towns=("York", "Hull")))
    assert rows(shop.home, changed) == [([], ["Leeds"])]
    # What was unknown the day before has no bin anymore.
    assert set(shop.bins("town")) == {"York", "Hull", "Leeds"}


def test_product_group_has_its_own_drift(shop):
    shop.run(1, customers(tea=0.1))
    notes = shop.run(2, customers(tea=0.6, seed=1))
    assert shop.psi("products") < 0.25 < shop.psi("products", "'tea'")
    assert "products: 1 item has drifted since the run of 2026-03-01: 'tea' (PSI " in notes
    share = value(shop.home, "SELECT avg(list_contains(products, 'tea')::INT) FROM customers")
    reason = value(shop.home, "SELECT reason FROM drift WHERE value = 'tea'")
    assert reason.startswith(f"{share:.1%} of the customers now, ")


def test_customers_without_a_value_have_a_bin(shop):
    lacking = [f"{number},,,," for number in range(700, 710)]
    schema = SCHEMA.replace("le=120", "le=120, nullable=True")
    shop.run(1, customers(), schema=schema)
    shop.run(2, [*customers(), *lacking], schema=schema)
    bins = {column: shop.bins(column) for column in ("age", "town", "member", "products")}
    missing = {column: own.get("(missing)", own.get("(none)")) for column, own in bins.items()}
    none_before, none_now = missing.pop("products")
    assert missing == dict.fromkeys(missing, (0, 10))
    assert none_now == none_before + 10
    assert bins["member"].keys() == {"yes", "no", "(missing)"}


@pytest.mark.parametrize("missing", ["most_frequent", "category"])
def test_missing_category_is_no_other_value(shop, missing):
    schema = SCHEMA.replace("category(nullable=True)", f"category(missing='{missing}')")
    shop.run(1, customers(towns=("York", "York", "Hull", "")), schema=schema)
    counted = dict(rows(shop.home, "SELECT coalesce(town, '(missing)'), count(*) FROM customers GROUP BY 1"))
    assert {label: now for label, (_, now) in shop.bins("town").items()} == counted


def test_infrequent_values_share_a_bin(shop):
    schema = SCHEMA.replace("category(nullable=True)", "category(min_frequency=0.05)")
    rare = ("York",) * 30 + ("Hull",) * 30 + ("Bath", "Wells")
    shop.run(1, customers(towns=rare), schema=schema)
    shop.run(2, customers(towns=(*rare[:-1], "Ripon"), seed=1), schema=schema)
    assert set(shop.bins("town")) == {"York", "Hull", "(other)"}
    assert rows(shop.home, "SELECT new_values, level FROM drift WHERE source_column = 'town'") == [([], "stable")]


def test_constant_number_that_changes_is_seen(shop):
    def of_age(age):
        return [",".join([line.split(",")[0], str(age), *line.split(",")[2:]]) for line in customers()]

    shop.run(1, of_age(40))
    assert "age has drifted since the run of 2026-03-01" in shop.run(2, of_age(39))
    assert shop.bins("age") == {"below 40": (0, 600), "40": (600, 0), "over 40": (0, 0)}


def test_six_other_customers_are_no_drift(home, write):
    run_night(write(SEED_ROWS), home, as_of=date(2026, 3, 1))
    others = "Age,Location,Purchase History\n" + "".join(
        f"{age},{place},{basket}\n"
        for age, place, basket in [
            (22, "Ohio", "apples"), (61, "Texas", "apples, juice"), (33, "Iowa", "steak"),
            (48, "Utah", "juice"), (39, "Maine", "juice, steak"), (57, "Nevada", "steak"),
        ]
    )  # fmt: skip
    summary = run_night(write(others), home, as_of=date(2026, 3, 2), force=True)
    notes = json.loads((home / "runs" / summary.run_id / "manifest.json").read_text())["notes"]
    assert [note for note in notes if "drifted" in note] == []


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("Series[float] = numeric()", ("1.5", "2.5", "7")),
        ("Series[str] = category()", ("York", "Hull", "Leeds")),
        ("Series[bool] = flag()", ("yes", "no", "no")),
        ("Series[list] = items()", ("tea", "ale", "gin")),
    ],
)
def test_kind_of_column_drifts_alone(shop, kind, cells):
    schema = f"{HEAD}\nclass Shop(Dataset, settle_seconds=0):\n    x: {kind}\n"
    shop.run(1, [cells[n % 3] for n in range(300)], schema=schema, header="x")
    assert shop.psi("x") == 0
    notes = shop.run(2, [cells[0]] * 200 + [cells[n % 3] for n in range(100)], schema=schema, header="x")
    assert shop.psi("x") > 0.25
    assert "x has drifted since the run of 2026-03-01" in notes


def test_empty_column_has_no_drift(shop):
    schema = SCHEMA.replace("le=120", "le=120, nullable=True")
    empty = [",".join([line.split(",")[0], "", "", "", *line.split(",")[4:]]) for line in customers()]
    shop.run(1, empty, schema=schema)
    shop.run(2, empty[:-7], schema=schema)
    assert (shop.psi("age"), shop.psi("town"), shop.psi("member")) == (0, 0, 0)
    assert shop.bins("age") == {"any number": (0, 0), "(missing)": (600, 593)}


def test_file_without_a_reference_begins_one(shop):
    shop.run(1, customers())
    published = shop.home / "segments.duckdb"
    published.chmod(0o644)
    with duckdb.connect(str(published)) as database:
        for name in ("drift", "drift_bins", "segment_drift", "history.drift"):
            database.execute(f"DROP TABLE {name}")
    (path,) = shop.home.glob("runs/*/manifest.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"published_sha256": sha256_of(published)}))
    shop.run(2, customers(older=7))
    assert value(shop.home, "SELECT count(*) FROM models") == 1
    assert rows(shop.home, "SELECT DISTINCT reference_date FROM drift") == [(date(2026, 3, 2),)]
    shop.run(3, customers(older=0))
    assert shop.psi("age") > 0.25


def test_report_shows_what_has_drifted(slowly):
    shop, _ = slowly
    run_id = value(shop.home, "SELECT arg_max(run_id, as_of) FROM runs")
    report = (shop.home / "runs" / run_id / "report.html").read_text()
    section = report.split("<h3>Drift since 2026-03-01</h3>")[1].split("</details>")[0]
    assert section.index('<th scope="row">age</th>') < section.index('<th scope="row">town</th>')
    assert "<td>major</td>" in section
    assert section.count('<th scope="row">age</th><td>2026-03-01</td>') == 2
    first = value(shop.home, "SELECT arg_min(run_id, as_of) FROM runs")
    assert "Drift since" not in (shop.home / "runs" / first / "report.html").read_text()
