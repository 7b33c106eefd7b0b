"""The audit finds planted damage, whatever was damaged; a night that fails it is not published."""

import dataclasses
import json
import re
import shutil

import pytest

from schemas.dataset import columns_of
from schemas.errors import AuditFailed
from schemas.loading import load_dataset
from schemas.published import PUBLISHED
from schemas.tables import checks_of
from tasks.audit import audit
from tests.conftest import aged
from tests.nights import assert_invariants, night_up_to, night_with, run_night, value
from warehouse.audit import INVARIANTS, SCORED_AGAIN, broken_rows
from warehouse.connection import staging
from warehouse.home.directory import Home
from warehouse.home.ledger import read_manifest, update_manifest
from warehouse.home.run import Order
from warehouse.scoring import create_scoring

#: ``visits`` is 1 for everybody: a feature of no weight in any distance, whose rows only the grids miss.
SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, items, numeric

class Shop(Dataset):
    '''A shop.'''
    age: Series[int] = numeric(ge=0)
    visits: Series[int] = numeric()
    location: Series[str] = category()
    purchase_history: Series[list] = items()
"""

_GROUPS = ((20, 9, "Ohio", "apples"), (45, 7, "Texas", "steak"), (70, 5, "Iowa", "juice, bread"))
GOOD_ROWS = [f"{age + n},1,{place},{basket}" for age, size, place, basket in _GROUPS for n in range(size)]
DELIVERED = "\n".join(["Age,Visits,Location,Purchase History", *GOOD_ROWS, "old,1,Ohio,apples", ""])


@pytest.fixture(scope="module")
def order(tmp_path_factory):
    """A night after an earlier, published one; three segments and one rejected row.

    With its seed the night has no brackets, of which a planted value would be another fault.
    """
    folder = tmp_path_factory.mktemp("audited")
    (folder / "customers.csv").write_text(DELIVERED)
    aged(folder / "customers.csv")
    (folder / "shop.py").write_text(SCHEMA)
    order = Order(str(folder / "customers.csv"), dataset=str(folder / "shop.py"), home=str(folder / "home"), seed=7)
    run_night(**{**dataclasses.asdict(order), "seed": 2})
    return order


@pytest.fixture(scope="module")
def built(order, tmp_path_factory):
    """A night that is done but for its audit."""
    home = shutil.copytree(order.home, tmp_path_factory.mktemp("built") / "home")
    return night_up_to("report", dataclasses.replace(order, home=str(home)))


@pytest.fixture
def night(built, tmp_path):
    """The same night in a home of the test's own."""
    return copied(built, tmp_path)


def copied(night, tmp_path):
    home = Home(shutil.copytree(night.run.home.root, tmp_path / "home"))
    run = dataclasses.replace(night.run, home=home, record=dict(night.run.record))
    return dataclasses.replace(night, run=run)


def audited(night):
    return audit(night.run, *(night.results[step] for step in ("ingest", "validate", "cluster")))


def sql(*statements):
    """Return the damage that SQL does to the night under construction."""

    def damage(run):
        with staging(run) as database:
            for statement in statements:
                database.execute(statement)

    return damage


def ledger(**facts):
    """Return the damage of wrong facts in the run's own record."""
    return lambda run: update_manifest(run, **facts)


def earlier(**facts):
    """Return the damage of wrong facts in the record of the run before."""

    def damage(run):
        (path,) = [path for path in run.home.runs.glob("*/manifest.json") if path != run.manifest_file]
        path.write_text(json.dumps({**read_manifest(path), **facts}))

    return damage


#: What is damaged -> which audit names it, and the damage. One customer is the one of the smallest key.
DAMAGE = {
    "a table without comment": ("audit/comments", sql("COMMENT ON TABLE segments IS NULL")),
    "a column without comment": ("audit/comments", sql("COMMENT ON COLUMN customers.age IS NULL")),
    "the view without comment": ("audit/comments", sql("COMMENT ON VIEW segment_profile IS NULL")),
    "a table nobody declared": ("audit/comments", sql("CREATE TABLE scratch (a INTEGER)")),
    "a segment without lifetime": ("audit/lifetimes_known", sql("DELETE FROM segment_lifetimes WHERE segment_id = 1")),
    "a lifetime that begins later": (
        "audit/lifetimes_known",
        sql("UPDATE segment_lifetimes SET first_seen = '2099-01-01'"),
    ),
    "a past member of no segment": (
        "audit/lifetimes_known",
        sql("INSERT INTO past_memberships VALUES ('a', 99, '2026-01-01', '2026-01-02')"),
    ),
    "a period that ends as it begins": (
        "audit/periods_follow",
        sql("INSERT INTO past_memberships VALUES ('a', 1, '2026-01-02', '2026-01-02')"),
    ),
    "two periods at a time": (
        "audit/periods_follow",
        sql(
            "INSERT INTO past_memberships VALUES ('a', 1, '2026-01-01', '2026-01-05'), "
            "('a', 2, '2026-01-04', '2026-01-06')"
        ),
    ),
    "a customer gone": (
        "audit/customers_counted",
        sql("DELETE FROM customers WHERE customer_id = (SELECT min(customer_id) FROM customers)"),
    ),
    "a customer twice": ("audit/customers_counted", sql("INSERT INTO customers SELECT * FROM customers LIMIT 1")),
    "a customer in two segments": (
        "audit/customers_counted",
        sql(
            """INSERT INTO customer_segments
            SELECT * REPLACE (segment_id % 3 + 1 AS segment_id) FROM customer_segments LIMIT 1"""
        ),
    ),
    "a customer in no segment": (
        "audit/customers_counted",
        sql("DELETE FROM customer_segments WHERE customer_id = (SELECT min(customer_id) FROM customers)"),
    ),
    "one customer for another": (
        "audit/same_customers",
        sql(
            """UPDATE customer_segments SET customer_id = (SELECT min(customer_id) FROM customers)
            WHERE customer_id = (SELECT max(customer_id) FROM customers)"""
        ),
    ),
    "two customers that changed places": (
        "audit/same_customers",
        sql(
            """UPDATE customer_segments SET customer_id = (
                SELECT customers.customer_id FROM customers WHERE customers.rowid = 1 - customer_segments.rowid
            ) WHERE rowid < 2"""
        ),
    ),
    "a segment that counts one too many": (
        "audit/customers_counted",
        sql("UPDATE segments SET customers = customers + 1 WHERE segment_id = 1"),
    ),
    "rows loaded that are not there": ("audit/customers_counted", ledger(rows_loaded=22)),
    "a rejected line that is a customer": (
        "audit/lines_once",
        sql("UPDATE rejected_rows SET line_number = (SELECT min(line_number) FROM customers)"),
    ),
    "two customers of one line": (
        "audit/lines_once",
        sql("UPDATE customers SET line_number = 2 WHERE line_number = 3"),
    ),
    "a customer in another segment": (
        "audit/nearest_centroid",
        sql(
            """UPDATE customer_segments SET segment_id = second_segment_id, second_segment_id = segment_id
            WHERE customer_id = (SELECT min(customer_id) FROM customers)"""
        ),
    ),
    "a customer in another segment, with its distance": (
        "audit/nearest_centroid",
        sql(
            """UPDATE customer_segments SET segment_id = second_segment_id, second_segment_id = segment_id,
                distance = second_distance, second_distance = distance
            WHERE customer_id = (SELECT min(customer_id) FROM customers)"""
        ),
    ),
    "a distance": (
        "audit/nearest_centroid",
        sql(
            """UPDATE customer_segments SET distance = distance / 2
            WHERE customer_id = (SELECT min(customer_id) FROM customers)"""
        ),
    ),
    "an age": (
        "audit/nearest_centroid",
        sql("UPDATE customers SET age = age + 1 WHERE customer_id = (SELECT min(customer_id) FROM customers)"),
    ),
    "a product": (
        "audit/nearest_centroid",
        sql("UPDATE customers SET purchase_history = [] WHERE line_number = 2"),
    ),
    "a centroid": ("audit/nearest_centroid", sql("UPDATE centroids SET value = value + 0.1 WHERE feature = 'age'")),
    "a centroid far out": (
        "audit/nearest_centroid",
        sql("UPDATE centroids SET value = 'infinity' WHERE segment_id = 2 AND feature = 'age'"),
    ),
    "a centroid's age gone": (
        "audit/nearest_centroid",
        sql("DELETE FROM centroids WHERE segment_id = 2 AND feature = 'age'"),
    ),
    "an encoding": ("audit/nearest_centroid", sql("UPDATE features SET scale = scale * 2 WHERE feature = 'age'")),
    "the objective": ("audit/objective", ledger(objective=0.123)),
    "no objective": ("audit/objective", ledger(objective=None)),
    "every k chosen": ("audit/one_chosen_k", sql("UPDATE k_scores SET chosen = true")),
    "no k chosen": ("audit/one_chosen_k", sql("UPDATE k_scores SET chosen = false")),
    "another k chosen": ("audit/one_chosen_k", sql("UPDATE k_scores SET chosen = (k = 4)")),
    "the number of segments": ("audit/one_chosen_k", ledger(n_clusters=4)),
    "the silhouette": ("audit/one_chosen_k", ledger(silhouette=0.99)),
    "a rejected row of another run": ("audit/one_run", sql("UPDATE rejected_rows SET run_id = 'another'")),
    "a record gone": ("audit/lines_accounted", sql("DELETE FROM work.records WHERE _record = 3")),
    "a line that is no record": ("audit/lines_accounted", sql("UPDATE work.sources SET blank_lines = 7")),
    "rows read": ("audit/rows_accounted", ledger(rows_read=23)),
    "rows rejected": ("audit/rows_accounted", ledger(rows_rejected=0)),
    "rows read and rejected": ("audit/rows_accounted", ledger(rows_read=23, rows_rejected=2)),
    "a rejected row gone": ("audit/rows_accounted", sql("DELETE FROM rejected_rows")),
    "a rejected row more": (
        "audit/rows_accounted",
        sql("INSERT INTO rejected_rows SELECT * REPLACE (99 AS line_number) FROM rejected_rows"),
    ),
    "customers of a segment that is not listed": (
        "audit/same_customers",
        sql(
            "UPDATE segments SET segment_id = 9 WHERE segment_id = 3",
            "UPDATE centroids SET segment_id = 9 WHERE segment_id = 3",
        ),
    ),
    "a second segment that is nearer": (
        "audit/second_is_farther",
        sql("UPDATE customer_segments SET second_distance = distance / 2 WHERE distance > 0"),
    ),
    "a second segment that is the first": (
        "audit/second_is_farther",
        sql("UPDATE customer_segments SET second_segment_id = segment_id WHERE segment_id = 2"),
    ),
    "a second distance to nowhere": (
        "audit/second_is_farther",
        sql("UPDATE customer_segments SET second_segment_id = NULL WHERE segment_id = 2"),
    ),
    "the sizes of two segments": (
        "audit/segment_sizes",
        sql("UPDATE segments SET customers = CASE segment_id WHEN 1 THEN 7 WHEN 2 THEN 9 ELSE customers END"),
    ),
    "a share over 1": ("audit/segment_sizes", sql("UPDATE segments SET share = 1.5 WHERE segment_id = 1")),
    "one centroid row gone": (
        "audit/whole_grids",
        sql("DELETE FROM centroids WHERE segment_id = 2 AND feature = 'visits'"),
    ),
    "one centroid row twice": (
        "audit/whole_grids",
        sql("INSERT INTO centroids SELECT * FROM centroids WHERE segment_id = 2 AND feature = 'visits'"),
    ),
    "a bin of drift gone": ("audit/drift_adds_up", sql("DELETE FROM drift_bins WHERE label = 'apples'")),
    "a column without bins": ("audit/drift_adds_up", sql("DELETE FROM drift_bins WHERE source_column = 'age'")),
    "a column without drift": (
        "audit/drift_adds_up",
        sql(
            "DELETE FROM drift WHERE source_column = 'visits'", "DELETE FROM drift_bins WHERE source_column = 'visits'"
        ),
    ),
    "bins without drift": ("audit/drift_adds_up", sql("DELETE FROM drift WHERE source_column = 'age'")),
    "an index of drift": ("audit/drift_adds_up", sql("UPDATE drift SET psi = psi + 0.1 WHERE source_column = 'age'")),
    "a share of a bin": ("audit/drift_adds_up", sql("UPDATE drift_bins SET share = share / 2 WHERE label = 'Ohio'")),
    "a share of the reference": (
        "audit/drift_adds_up",
        sql("UPDATE drift_bins SET reference_share = reference_share / 2 WHERE label = 'Ohio'"),
    ),
    "customers of a bin": (
        "audit/drift_adds_up",
        sql("UPDATE drift_bins SET customers = customers + 1 WHERE label = 'Ohio'"),
    ),
    "customers of the reference": (
        "audit/drift_adds_up",
        sql("UPDATE drift_bins SET reference_customers = reference_customers + 1 WHERE label = 'Ohio'"),
    ),
    "a center without drift": (
        "audit/segment_drift_whole",
        sql("DELETE FROM segment_drift WHERE segment_id = 2 AND feature = 'age'"),
    ),
    "the drift of a center twice": (
        "audit/segment_drift_whole",
        sql("INSERT INTO segment_drift SELECT * FROM segment_drift WHERE segment_id = 2 AND feature = 'age'"),
    ),
    "the drift of no segment": (
        "audit/segment_drift_whole",
        sql("INSERT INTO segment_drift SELECT * REPLACE (9 AS segment_id) FROM segment_drift WHERE segment_id = 1"),
    ),
    "the mean of a center": (
        "audit/segment_drift_whole",
        sql("UPDATE segment_drift SET mean = mean + 1, difference = difference + 1 WHERE feature = 'age'"),
    ),
    "the movement of a center": (
        "audit/segment_drift_whole",
        sql("UPDATE segment_drift SET difference = difference + 1 WHERE feature = 'age'"),
    ),
    "one row of the statistics gone": (
        "audit/whole_grids",
        sql("DELETE FROM segment_stats WHERE segment_id = 2 AND feature = 'age'"),
    ),
    "one row of the statistics twice": (
        "audit/whole_grids",
        sql("INSERT INTO segment_stats SELECT * FROM segment_stats LIMIT 1"),
    ),
    "a centroid of no segment": (
        "audit/whole_grids",
        sql("INSERT INTO centroids SELECT * REPLACE (9 AS segment_id) FROM centroids WHERE segment_id = 1"),
    ),
    "statistics of no segment": (
        "audit/whole_grids",
        sql("INSERT INTO segment_stats SELECT * REPLACE (9 AS segment_id) FROM segment_stats WHERE segment_id = 1"),
    ),
    "a status": ("the table runs isin", earlier(status="weird")),
    "a verdict": ("the table runs str_matches", ledger(verdict="splendid: silhouette 0.99")),
    "rows below zero": ("the table runs greater_than_or_equal_to", earlier(rows_read=-1)),
    "a segment numbered 0": (
        "the table customer_segments greater_than_or_equal_to",
        sql("UPDATE customer_segments SET second_segment_id = 0 WHERE segment_id = 3"),
    ),
    "an endless distance": (
        "the table customer_segments finite",
        sql("UPDATE customer_segments SET second_distance = 'infinity' WHERE segment_id = 3"),
    ),
    "two segments of one name": ("the table segments field_uniqueness", sql("UPDATE segments SET name = 'steak'")),
    "a segment without description": (
        "the table segments not_nullable",
        sql(
            "ALTER TABLE segments ALTER COLUMN description DROP NOT NULL",
            "UPDATE segments SET description = NULL WHERE segment_id = 2",
        ),
    ),
    "an endless mean": (
        "the table segment_stats finite",
        sql("UPDATE segment_stats SET mean = 'infinity' WHERE segment_id = 2 AND feature = 'visits'"),
    ),
    "a kind of feature": (
        "the table segment_stats isin",
        sql("UPDATE segment_stats SET kind = 'weird' WHERE feature = 'visits'"),
    ),
    "a silhouette over 1": (
        "the table k_scores less_than_or_equal_to",
        sql("UPDATE k_scores SET silhouette = 1.5 WHERE k = 5"),
    ),
    "a k twice": (
        "the table k_scores field_uniqueness",
        sql("INSERT INTO k_scores SELECT * FROM k_scores WHERE k = 5"),
    ),
    "an encoding nobody knows": (
        "the table features isin",
        sql("UPDATE features SET encoding = 'weird' WHERE feature = 'visits'"),
    ),
    "a feature of no scale": ("the table features greater_than", sql("UPDATE features SET scale = 0")),
    "a feature of less than no weight": (
        "the table features greater_than_or_equal_to",
        sql("UPDATE features SET weight = -1 WHERE feature = 'visits'"),
    ),
    "a second segment that is the third nearest": (
        "audit/nearest_centroid",
        sql(
            "UPDATE customer_segments SET second_segment_id = 6 - segment_id - second_segment_id, second_distance = 9 "
            "WHERE segment_id = 1"
        ),
    ),
    "a chosen k that is not the best": (
        "audit/one_chosen_k",
        sql("UPDATE k_scores SET silhouette = 1 WHERE NOT chosen"),
    ),
    "a chosen k that is not eligible": ("audit/one_chosen_k", sql("UPDATE k_scores SET eligible = false WHERE chosen")),
    "a curve of other fits": ("audit/objective", sql("UPDATE k_scores SET objective = 9 WHERE chosen")),
    "a line before the file": (
        "the table rejected_rows greater_than_or_equal_to",
        sql("UPDATE rejected_rows SET line_number = 0"),
    ),
}


#: What is damaged in a night of components -> which audit finds it, and the damage.
ALONG_COMPONENTS = {
    "every loading": ("audit/nearest_centroid", sql("UPDATE loadings SET loading = loading / 2")),
    "one loading": (
        "audit/nearest_centroid",
        sql("UPDATE loadings SET loading = -loading WHERE component = 1 AND feature = 'age'"),
    ),
    "distances that are too small": (
        "audit/nearest_centroid",
        sql("UPDATE customer_segments SET distance = distance * 0.9 WHERE distance > 0.1"),
    ),
    "second distances that are too large": (
        "audit/nearest_centroid",
        sql("UPDATE customer_segments SET second_distance = second_distance + 0.1"),
    ),
    "every customer in the second nearest": (
        "audit/nearest_centroid",
        sql("UPDATE customer_segments SET segment_id = second_segment_id, second_segment_id = segment_id"),
    ),
    "a centroid": (
        "audit/nearest_centroid",
        sql("UPDATE centroids SET value = value + 1 WHERE segment_id = 1 AND feature = 'age'"),
    ),
}


@pytest.fixture(scope="module")
def built_of_components(order, tmp_path_factory):
    """A night whose segments are those of components, done but for its audit."""
    home = shutil.copytree(order.home, tmp_path_factory.mktemp("components") / "home")
    return night_up_to("report", dataclasses.replace(order, home=str(home), encoding="mixed"))


@pytest.fixture
def night_of_components(built_of_components, tmp_path):
    """The same night in a home of the test's own."""
    return copied(built_of_components, tmp_path)


def test_undamaged_night_of_components_passes(night_of_components):
    with staging(night_of_components.run) as database:
        assert database.execute("SELECT count(*) FROM components").fetchall()[0][0] > 0
    audited(night_of_components)


@pytest.mark.parametrize(("check", "damage"), ALONG_COMPONENTS.values(), ids=ALONG_COMPONENTS)
def test_damage_along_components_is_found(night_of_components, check, damage):
    damage(night_of_components.run)
    with pytest.raises(AuditFailed):
        audited(night_of_components)
    assert found_by(night_of_components.run, check)


def test_undamaged_night_passes(night):
    checked = audited(night)
    assert (checked.n_invariants, checked.n_tables) == (len(INVARIANTS) + 1, len(PUBLISHED))


@pytest.mark.parametrize(("check", "damage"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_found_and_named(night, check, damage):
    run = night.run
    damage(run)
    with pytest.raises(AuditFailed) as raised:
        audited(night)
    message = str(raised.value)
    assert "nothing is published" in message
    assert len(message.splitlines()) == 1
    if check.startswith("audit/"):
        # Another check may have found the same damage first; this one finds it too.
        assert found_by(run, check)
    else:
        name, _, value_check = check.removeprefix("the table ").partition(" ")
        assert message.startswith(f"the audit of the table {name} found ")
        assert re.search(rf"'check': ['\"]{value_check}\b", message), message


def found_by(run, check):
    """Return the rows that one statement of the audit finds in the night that audit() has refused."""
    with staging(run) as database:
        if check == SCORED_AGAIN:
            create_scoring(database, columns_of(load_dataset(run.order.dataset)))
        return broken_rows(database, run, check)


def test_every_invariant_is_covered_by_planted_damage():
    checks = [*DAMAGE.values(), *ALONG_COMPONENTS.values()]
    assert {check for check, _ in checks if check.startswith("audit/")} == {*INVARIANTS, SCORED_AGAIN}


def test_every_value_check_has_planted_damage():
    declared = {"field_uniqueness", "not_nullable"}
    for name in PUBLISHED:
        declared |= {str(check.name) for column in checks_of(name).columns.values() for check in column.checks}
    assert {check.rpartition(" ")[2] for check, _ in DAMAGE.values() if check.startswith("the table")} == declared


def failing_night(order, home, damage):
    """Run a whole night whose finished tables are damaged; return its run and the error that it ended with."""
    runs = []

    def damage_and_audit(run, *earlier):
        runs.append(run)
        damage(run)
        return audit(run, *earlier)

    try:
        night_with(dataclasses.replace(order, home=str(home)), audit=damage_and_audit)
    except AuditFailed as error:
        return runs[0], error
    raise AssertionError("the damage was published")


def test_failed_audit_keeps_published_and_built_files(order, tmp_path):
    home = shutil.copytree(order.home, tmp_path / "home")
    published = (home / "segments.duckdb").read_bytes()
    run, error = failing_night(order, home, sql("UPDATE segments SET share = 1.5"))
    assert (home / "segments.duckdb").read_bytes() == published
    record = read_manifest(run.manifest_file)
    assert (record["status"], record["message"], error.exit_code) == ("failed", str(error), 1)
    assert run.night_file.is_file()
    assert str(run.staging) in record["message"]


def test_run_after_failed_audit_clears_leftovers(order, tmp_path):
    home = shutil.copytree(order.home, tmp_path / "home")
    failing_night(order, home, ledger(objective=9.9))
    assert run_night(**{**dataclasses.asdict(order), "home": home}).is_new
    assert list((home / "staging").iterdir()) == []
    assert_invariants(home)
    statuses = "SELECT list(status ORDER BY started_at) FROM runs"
    assert value(home, statuses) == ["published", "failed", "published"]
