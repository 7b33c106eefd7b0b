"""``segments score``: customers get the segment of the published model, without a run and without a change to it."""

import os
import re
import shutil
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flows.scoring import ScoringSteps, query_of, score_customers
from schemas.errors import AnotherRunUnderWay, DataRefused, SegmentsError, UsageError
from tasks.deliver import deliver
from tests.conftest import ROOT
from tests.nights import assert_invariants, rows, run_night, value
from warehouse.home.access import SETTING
from warehouse.home.directory import Home
from warehouse.home.ledger import read_manifests, recorded_sha256s
from warehouse.home.lock import locked
from warehouse.home.run import Order, Run
from warehouse.integrity import published_state
from warehouse.statements.engines import ENGINES

SAMPLE = ROOT / "samples" / "customers.csv"

#: Every kind of column, with missing values, infrequent ones, a logarithm and a flag in words.
SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, flag, identifier, items, numeric

class Shop(Dataset):
    '''A shop.'''
    customer_id: Series[str] = identifier()
    spent: Series[float] = numeric(log=True, nullable=True)
    visits: Series[int] = numeric(clip=(0, 30))
    plan: Series[str] = category(nullable=True, missing="category", min_frequency=0.05)
    city: Series[str] = category(nullable=True, missing="most_frequent")
    member: Series[bool] = flag(nullable=True)
    letter: Series[str] = flag()
    bought: Series[list] = items(min_frequency=0.05)
    town: Series[str] = category(min_frequency=0.003)
    hobbies: Series[list] = items(min_frequency=0.003)
    distance: Series[float] = numeric()
"""

#: The macro on its columns, one of which is named as a result is.
MACRO = "score_customer(spent, visits, plan, city, member, letter, bought, town, hobbies, distance)"


def shop_rows(n_customers: int = 600, seed: int = 0) -> pd.DataFrame:
    """Three kinds of customers in every kind of column; towns and hobbies have long tails."""
    random = np.random.default_rng(seed)
    kind = random.integers(0, 3, n_customers)
    plans, cities = np.array(["basic", "family", "studio"]), np.array(["Lyon", "Oslo", "O'Fallon \\"])
    plan = np.where(random.random(n_customers) < 0.8, plans[kind], plans[random.integers(0, 3, n_customers)])
    rare = random.random(n_customers) < 0.06
    plan = np.where(rare, np.char.add("trial ", random.integers(0, 9, n_customers).astype(str)), plan)
    own = [["tea", "bread"], ["wine", "steak"], ["soda", "chips"]]
    bought = [
        "; ".join(dict.fromkeys([*own[k][: 1 + one % 2], f"gadget {one}" if one < 12 else own[one % 3][0]]))
        for k, one in zip(kind, random.integers(0, 60, n_customers), strict=True)
    ]
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{number}" for number in range(n_customers)],
            "spent": np.exp(random.normal(3 + kind, 0.4)).round(2),
            "visits": random.poisson(3 + 6 * kind),
            "plan": plan,
            "city": cities[(kind + (random.random(n_customers) < 0.2)) % 3],
            "member": np.where(kind == 1, "yes", "no"),
            "letter": np.where(random.random(n_customers) < 0.3 + 0.3 * (kind == 2), "Yes", "No"),
            "bought": bought,
            "town": np.array([_in_tail(number, f"Capital {k}", "town") for number, k in enumerate(kind)]),
            "hobbies": [f"hobby {k}; {_in_tail(number, 'none', 'hobby')}" for number, k in enumerate(kind)],
            "distance": random.normal(10 * kind, 3).round(3),
        }
    )
    for name in ("spent", "plan", "city", "member"):
        frame.loc[random.random(n_customers) < 0.05, name] = None
    return frame


def _in_tail(number: int, common: str, word: str) -> str:
    """Return what a customer has: twenty values have three customers each, twenty more have one."""
    if number < 60:
        return f"{word} {number // 3}"
    return f"{word} {number}" if number < 80 else common


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with a schema and the file of a shop."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.py").write_text(SCHEMA)
    shop_rows().to_csv(folder / "shop.csv", index=False)
    os.utime(folder / "shop.csv", (1, 1))
    return folder


@pytest.fixture(scope="module")
def sample_home(tmp_path_factory):
    """A home that has published the sample; copied before anything is done to it."""
    home = tmp_path_factory.mktemp("sample") / "home"
    run_night(SAMPLE, home, k=4)
    return home


@pytest.fixture
def home(sample_home, tmp_path):
    return Path(shutil.copytree(sample_home, tmp_path / "home"))


COMPARED = """
    SELECT count(*), count(*) FILTER (scored.segment_id = own.segment_id), max(abs(scored.distance - own.distance)),
        count(*) FILTER (scored.second_segment_id IS NOT DISTINCT FROM own.second_segment_id)
    FROM {scored} AS scored JOIN customer_segments AS own USING (customer_id)
"""


def test_training_file_gets_its_published_segments(home):
    score_customers(str(SAMPLE), home)
    n_customers, same, difference, same_second = rows(home, COMPARED.format(scored="scored_customers"))[0]
    assert (n_customers, same, same_second) == (3_000, 3_000, 3_000)
    assert difference < 1e-6


@pytest.mark.parametrize("encoding", ["standard", "mixed", "brackets", "numbers"])
def test_every_kind_of_column_is_scored(shop, tmp_path, encoding):
    home = tmp_path / "home"
    run_night(shop / "shop.csv", home, dataset=str(shop / "shop.py"), encoding=encoding, k=3)
    macro = f"SELECT customer_id, {MACRO} AS s FROM customers"
    for scored in (f"(SELECT customer_id, s.* FROM ({macro}))", f"({query_of(Home(home), 'duckdb', 'customers')})"):
        n_customers, same, difference, same_second = rows(home, COMPARED.format(scored=scored))[0]
        assert (n_customers, same, same_second) == (600, 600, 600)
        assert difference < 2e-5
    assert score_customers(str(shop / "shop.csv"), home).unknown == ()


def test_unknown_values_are_counted_and_named(home, write):
    scored = score_customers(str(write("Age,Location,Purchase History\n30,Atlantis,juice, lava\n31,Atlantis,\n")), home)
    assert [(one.source_column, one.n_values, one.customers, one.examples) for one in scored.unknown] == [
        ("location", 1, 2, ("Atlantis",)),
        ("purchase_history", 1, 1, ("lava",)),
    ]
    named = rows(home, "SELECT unknown_values FROM scored_customers ORDER BY line_number")
    assert named == [(["location=Atlantis", "purchase_history=lava"],), (["location=Atlantis"],)]


def test_unknown_values_weigh_nothing(home, write):
    header = "Age,Location,Purchase History\n"
    score_customers(str(write(f"{header}30,Texas,juice, lava\n30,Texas,juice\n")), home)
    (with_it,), (without,) = rows(home, "SELECT distance FROM scored_customers ORDER BY line_number")
    assert with_it == without


def test_faulty_rows_are_kept_apart(home, write):
    scored = score_customers(str(write("Age,Location,Purchase History\n30,Texas,juice\nold,Texas,tea\n")), home)
    assert (scored.rows_scored, scored.rows_rejected) == (1, 1)
    assert "old,Texas,tea" in Path(str(scored.rejected_file)).read_text()
    assert value(home, "SELECT count(*) FROM scored_customers") == 1


def test_scoring_changes_no_other_table(home, sample_home):
    score_customers(str(SAMPLE), home)
    assert_invariants(home)
    for table in ("runs", "customers", "customer_segments", "segments", "centroids", "segment_history"):
        assert rows(home, f"FROM {table}") == rows(sample_home, f"FROM {table}")
    assert [run["status"] for run in read_manifests(Home(home))] == ["published"]
    assert [run["status"] for run in read_manifests(Home(home), with_scorings=True)] == ["published", "scored"]
    assert list((home / "staging").iterdir()) == []


def test_scored_file_is_still_the_published_one(home):
    score_customers(str(SAMPLE), home)
    state = published_state(Home(home))
    assert (state.fault, state.run_id) == (None, value(home, "SELECT run_id FROM runs"))
    assert not run_night(SAMPLE, home, k=4).is_new
    assert run_night(SAMPLE, home, k=3).is_new
    assert value(home, "SELECT count(*) FROM scored_customers") == 0


def test_scoring_twice_keeps_the_last(home, write):
    score_customers(str(SAMPLE), home)
    score_customers(str(write("Age,Location,Purchase History\n30,Texas,juice\n")), home)
    assert value(home, "SELECT count(*) FROM scored_customers") == 1
    (run,) = read_manifests(Home(home))
    assert len(set(recorded_sha256s(run))) == 3


def test_restored_copy_is_still_known(home, write):
    score_customers(str(SAMPLE), home)
    copy = (home / "segments.duckdb").read_bytes()
    for age in (30, 31):
        score_customers(str(write(f"Age,Location,Purchase History\n{age},Texas,juice\n")), home)
    (home / "segments.duckdb").unlink()
    (home / "segments.duckdb").write_bytes(copy)
    assert published_state(Home(home)).fault is None


def test_output_never_replaces_the_source(home, write):
    source = write("Age,Location,Purchase History\n30,Texas,juice\n", "new.csv")
    before = source.read_bytes()
    for output in (source, source.parent / "labels.csv"):
        with pytest.raises(UsageError, match="which it would replace; name another place"):
            score_customers(str(source if output == source else source.parent), home, output)
    assert source.read_bytes() == before


def test_lost_record_of_the_run_is_told(home):
    (path,) = home.glob("runs/*/manifest.json")
    path.unlink()
    with pytest.raises(SegmentsError, match="the record of the published run, cannot be read; run it again first"):
        score_customers(str(SAMPLE), home)


def test_moved_dataset_can_be_named(shop, tmp_path):
    home, moved = tmp_path / "home", tmp_path / "moved.py"
    run_night(shop / "shop.csv", home, dataset=str(shutil.copy(shop / "shop.py", tmp_path / "shop.py")), k=3)
    (tmp_path / "shop.py").rename(moved)
    with pytest.raises(UsageError, match=r"shop\.py: no such file"):
        score_customers(str(shop / "shop.csv"), home)
    assert score_customers(str(shop / "shop.csv"), home, dataset=str(moved)).rows_scored == 600


def test_files_before_and_after_the_swap_are_known(home, monkeypatch):
    before = (home / "segments.duckdb").read_bytes()
    swapped = []

    def stopped(source, target):
        if str(target).endswith("segments.duckdb"):
            swapped.append(Path(source).read_bytes())
            raise KeyboardInterrupt
        os.rename(source, target)

    monkeypatch.setattr("warehouse.publishing.os.replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        score_customers(str(SAMPLE), home)
    assert (home / "segments.duckdb").read_bytes() == before
    assert published_state(Home(home)).fault is None
    (home / "segments.duckdb").unlink()
    (home / "segments.duckdb").write_bytes(swapped[0])
    assert published_state(Home(home)).fault is None


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_labels_are_written_to_a_private_file(home, tmp_path, monkeypatch, suffix):
    monkeypatch.setenv(SETTING, "1")
    output = tmp_path / f"labels.{suffix}"
    scored = score_customers(str(SAMPLE), home, output)
    labels = pd.read_csv(output) if suffix == "csv" else pd.read_parquet(output)
    assert (len(labels), scored.output) == (3_000, str(output))
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (f".{suffix}", ".partial")] == [output.name]
    assert stat.S_IMODE(output.stat().st_mode) == 0o600


def test_output_of_no_known_kind_is_refused(home, tmp_path):
    with pytest.raises(UsageError, match=r"expected a name that ends in \.csv or \.parquet"):
        score_customers(str(SAMPLE), home, tmp_path / "labels.xlsx")
    with pytest.raises(UsageError, match="there is no directory"):
        score_customers(str(SAMPLE), home, tmp_path / "absent" / "labels.csv")


def test_unwritable_output_publishes_nothing(home, tmp_path):
    def deliver_and_block(run):
        (tmp_path / "labels.csv").mkdir()
        return deliver(run)

    before = (home / "segments.duckdb").read_bytes()
    with pytest.raises(UsageError, match=r"labels\.csv cannot be written"):
        score_customers(str(SAMPLE), home, tmp_path / "labels.csv", steps=ScoringSteps(deliver=deliver_and_block))
    with pytest.raises(UsageError, match=r"labels\.csv is a directory; name a file in it"):
        score_customers(str(SAMPLE), home, tmp_path / "labels.csv")
    assert (home / "segments.duckdb").read_bytes() == before


def test_home_without_published_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="nothing is published in"):
        score_customers(str(SAMPLE), tmp_path / "empty")


def test_file_of_another_dataset_is_refused(home, write):
    before = (home / "segments.duckdb").read_bytes()
    with pytest.raises(DataRefused, match="columns 'age', 'location', 'purchase_history' are missing") as raised:
        score_customers(str(write("customer,spent\n1,2\n")), home)
    assert (raised.value.exit_code, len(str(raised.value).splitlines())) == (65, 1)
    assert (home / "segments.duckdb").read_bytes() == before


def test_damaged_published_file_scores_nobody(home):
    path = home / "segments.duckdb"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-4096])
    with pytest.raises(SegmentsError, match="is damaged"):
        score_customers(str(SAMPLE), home)


def test_dataset_declared_otherwise_is_refused(shop, tmp_path):
    home, schema = tmp_path / "home", tmp_path / "shop.py"
    schema.write_text(SCHEMA)
    run_night(shop / "shop.csv", home, dataset=str(schema), k=3)
    schema.write_text(SCHEMA.replace("clip=(0, 30)", "clip=(0, 20)"))
    with pytest.raises(UsageError, match="declares other feature columns than when model 1 was formed"):
        score_customers(str(shop / "shop.csv"), home)


def test_scoring_waits_for_no_other_run(home):
    with locked(Run.begin(Order(str(SAMPLE), home=str(home)))), pytest.raises(AnotherRunUnderWay):
        score_customers(str(SAMPLE), home)


@pytest.mark.parametrize("engine", ENGINES)
def test_query_has_the_same_numbers_everywhere(home, engine):
    numbers = re.compile(r"-?\d\.\d+e[+-]\d+")
    expected = numbers.findall(query_of(Home(home), "duckdb", "crm.people"))
    query = query_of(Home(home), engine, "crm.people")
    assert numbers.findall(query) == expected
    assert "FROM crm.people" in query
    assert query.startswith("-- one row per customer of crm.people: its segment in model 1")
