"""An earlier file is published again on demand, and what was rolled back stays out until it is asked for."""

import json
import shutil

import pytest

from flows.night import nights
from schemas.errors import DataRefused, UsageError
from tasks.freeze import freeze
from tasks.roll_back import roll_back
from tests.conftest import aged
from tests.nights import PUBLISHED_RUN, assert_invariants, run_night, value
from warehouse.home.directory import Home
from warehouse.home.ledger import publications, record_put_back
from warehouse.home.run import Order

SHOP = """
from pandera.typing import Series
from schemas import Dataset, identifier, numeric

class Shop(Dataset):
    customer_id: Series[str] = identifier()
    age: Series[int] = numeric()
"""


@pytest.fixture
def source(first_night):
    return first_night / "customers.csv"


@pytest.fixture
def home(first_night, tmp_path):
    """A home with two published runs."""
    home = shutil.copytree(first_night / "home", tmp_path / "home")
    run_night(first_night / "customers.csv", home, k=3)
    return home


def published(home):
    return value(home, PUBLISHED_RUN)


def runs_of(home):
    """Return the runs as they were published, the first one first."""
    return [one["run_id"] for one in reversed(publications(Home(home)))]


def status_of(home, run_id):
    return json.loads((home / "runs" / run_id / "manifest.json").read_text())["status"]


def test_damaged_file_is_kept_as_evidence(home):
    _, second = runs_of(home)
    (home / "segments.duckdb").unlink()
    (home / "segments.duckdb").write_bytes(b"damaged")
    done = roll_back(home)
    assert (done.run_id, done.taken_back) == (second, ())
    (kept,) = home.glob("runs/*/damaged.duckdb")
    assert kept.read_bytes() == b"damaged"
    assert done.set_aside.endswith(f"; kept as {kept}")
    assert_invariants(home)


def test_rollback_publishes_the_run_before(home):
    first, second = runs_of(home)
    before = (home / "archive" / f"{first}.duckdb").read_bytes()
    done = roll_back(home)
    assert (done.run_id, done.taken_back) == (first, (second,))
    assert (home / "segments.duckdb").read_bytes() == before
    assert (status_of(home, first), status_of(home, second)) == ("published", "rolled back")


def test_rollback_is_undone_by_name(home):
    _, second = runs_of(home)
    before = (home / "segments.duckdb").read_bytes()
    roll_back(home)
    done = roll_back(home, second)
    assert (done.run_id, done.taken_back) == (second, ())
    assert (home / "segments.duckdb").read_bytes() == before
    assert status_of(home, second) == "published"


def test_next_run_follows_the_restored_one(home, source):
    first, second = runs_of(home)
    roll_back(home)
    third = run_night(source, home, k=4).run_id
    assert_invariants(home)
    assert value(home, f"SELECT status FROM runs WHERE run_id = '{second}'") == "rolled back"
    assert runs_of(home) == [first, third]


def test_rolled_back_delivery_is_not_taken_again(home, source):
    first, second = runs_of(home)
    roll_back(home)
    with pytest.raises(DataRefused, match=f"is the delivery of run {second}, which was rolled back.*--force"):
        run_night(source, home, k=3)
    assert published(home) == first
    assert run_night(source, home, k=3, force=True).is_new


def test_interrupted_rollback_is_completed(home, source):
    first, second = runs_of(home)
    record_put_back(Home(home), first, [second])  # and killed before the swap
    assert published(home) == second
    assert not run_night(source, home).is_new
    assert published(home) == first


def test_stopped_rollback_of_many_leaves_none_published(home, source):
    first, second = runs_of(home)
    third = run_night(source, home, k=4).run_id
    record_put_back(Home(home), first, [third, second])
    assert [status_of(home, one) for one in (first, second, third)] == ["published", "rolled back", "rolled back"]
    assert not run_night(source, home).is_new
    assert published(home) == first


def test_published_delivery_is_never_refused(home, source):
    roll_back(home)
    assert not run_night(source, home).is_new
    fourth = run_night(source, home, k=3, force=True).run_id
    assert run_night(source, home, k=3).run_id == fourth


def test_undone_rollback_takes_back_what_came_since(home, source):
    first, second = runs_of(home)
    roll_back(home)
    third = run_night(source, home, k=4).run_id
    assert roll_back(home, second).taken_back == (third,)
    assert runs_of(home) == [first, second]


def test_rollback_names_what_was_frozen_since(first_night, tmp_path):
    schema = tmp_path / "shop.py"
    schema.write_text(SHOP)
    source = tmp_path / "customers.csv"
    source.write_text("customer_id,age\n" + "".join(f"C{n},{20 + 40 * (n % 2) + n % 7}\n" for n in range(60)))
    for seed in (1, 2):
        run_night(aged(source), tmp_path / "home", dataset=str(schema), k=2, seed=seed)
    freeze(tmp_path / "home", "spring", 1)
    assert roll_back(tmp_path / "home").lost_audiences == ("spring",)


def test_rollback_keeps_the_evidence_of_damage(home):
    (home / "segments.duckdb").unlink()
    (home / "segments.duckdb").mkdir()
    roll_back(home)
    assert [path.is_dir() for path in home.glob("runs/*/damaged.duckdb")] == [True]


def test_backfill_takes_no_rolled_back_delivery(first_night, tmp_path):
    inbox, home = tmp_path / "inbox", tmp_path / "home"
    inbox.mkdir()
    for day in (1, 2):
        (inbox / f"customers-2026-03-0{day}.csv").write_text(
            (first_night / "customers.csv").read_text() + f"2{day},Ohio,tea\n"
        )
    order = Order(str(inbox), home=str(home), backfill=True, k=2)
    nights(order)
    roll_back(home)
    with pytest.raises(DataRefused, match=r"-03-02\.csv is the delivery of run .*, which was rolled back"):
        nights(order)


def test_older_release_in_between_is_trusted(home, source):
    second = runs_of(home)[-1]
    record = home / "runs" / second / "manifest.json"
    facts = json.loads(record.read_text())
    del facts["publication"]
    record.write_text(json.dumps(facts))
    before = (home / "segments.duckdb").read_bytes()
    assert not run_night(source, home, k=3).is_new
    assert (home / "segments.duckdb").read_bytes() == before


def test_rollback_skips_what_is_damaged(home, source):
    first, second = runs_of(home)
    run_night(source, home, k=4)
    kept = home / "archive" / f"{second}.duckdb"
    kept.unlink()
    kept.write_bytes(b"damaged")
    assert roll_back(home).run_id == first


def test_rollback_mends_a_damaged_file(home):
    _, second = runs_of(home)
    (home / "segments.duckdb").unlink()
    (home / "segments.duckdb").write_bytes(b"damaged")
    assert roll_back(home).run_id == second
    assert published(home) == second


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("20200101T000000Z-abcdef", r"is not in .*archive, or not whole; those kept: \S+ \("),
        ("../../etc/passwd", "is not in .*archive"),
        (1, "is the published one; name an earlier one"),
    ],
)
def test_impossible_rollback_names_what_is_kept(home, wanted, said):
    run_id = runs_of(home)[wanted] if wanted == 1 else wanted
    before = (home / "segments.duckdb").stat().st_ino
    with pytest.raises(UsageError, match=said):
        roll_back(home, run_id)
    assert (home / "segments.duckdb").stat().st_ino == before


def test_rollback_needs_an_earlier_file(first_night, tmp_path):
    home = shutil.copytree(first_night / "home", tmp_path / "one")
    with pytest.raises(UsageError, match="there is no earlier file"):
        roll_back(home)


def test_mistyped_home_is_not_made(tmp_path):
    with pytest.raises(UsageError, match="nothing is published in"):
        roll_back(tmp_path / "dta")
    assert not (tmp_path / "dta").exists()
