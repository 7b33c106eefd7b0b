"""A published file that another program holds open, and a schema under another path: every check is still made."""

import os
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from schemas.errors import DataRefused
from tests.conftest import ROOT, aged
from tests.nights import night_up_to, order_of, quick_night, value
from warehouse.connection import attached
from warehouse.home.directory import Home, log_of
from warehouse.home.ledger import is_of_dataset, read_manifest
from warehouse.integrity import published_state

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, identifier, numeric

class Shop(Dataset):
    customer_id: Series[str] = identifier()
    age: Series[int] = numeric()
    plan: Series[str] = category()
"""

HOLD = """
import sys, time, duckdb
database = duckdb.connect(sys.argv[1])
{then}
print("begun", flush=True)
time.sleep(60)
"""


def lines(n, plans=("basic", "senior")):
    return "".join([
        "customer_id,age,plan\n", *(f"{i},{20 + i % 2 * 40 + i % 7},{plans[i % len(plans)]}\n" for i in range(n)),
    ])  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.py").write_text(SCHEMA)
    (folder / "customers.csv").write_text(lines(60))
    quick_night(aged(folder / "customers.csv"), folder / "home", dataset=str(folder / "shop.py"))
    return folder


@pytest.fixture
def shop(published, tmp_path):
    """A folder of the test's own with a schema and a home in which a run is published."""
    return shutil.copytree(published, tmp_path / "shop")


@pytest.fixture
def hold(begin_python):
    """Start a process that holds a file open for writing, as a SQL client does, until the test ends."""

    def start(path, then=""):
        path.chmod(0o644)
        begin_python(HOLD.format(then=then), path)

    return start


def moved(shop):
    (shop / "elsewhere").mkdir()
    return shutil.copy(shop / "shop.py", shop / "elsewhere" / "other.py")


def linked(shop):
    (shop / "link.py").symlink_to(shop / "shop.py")
    return shop / "link.py"


def changed(shop):
    (shop / "shop.py").write_text(SCHEMA.replace("Shop", "Store"))
    return shop / "shop.py"


def relative(shop):
    return Path(os.path.relpath(shop / "shop.py", ROOT))


@pytest.mark.parametrize("schema", [moved, linked, changed, relative])
def test_same_declaration_is_the_same_dataset(shop, schema, monkeypatch):
    monkeypatch.chdir(ROOT)
    path = schema(shop)
    (shop / "next.csv").write_text(lines(30))
    with pytest.raises(DataRefused, match=r"30 rows, 50\.0% of the 60 of the previous run"):
        quick_night(aged(shop / "next.csv"), shop / "home", dataset=str(path))


@pytest.mark.parametrize(
    ("own", "is_same"),
    [
        ({"file": "a.py"}, True),
        ({"headers": ["age", "id", "plan"]}, True),
        ({"class": "Shop", "headers": ["age", "id", "zip"]}, False),
        ({"class": "Shop", "headers": ["age", "id", "plan", "zip"]}, True),
        ({"headers": ["age", "id", "plan", "zip"]}, False),
    ],
)
def test_dataset_is_known_by_what_it_declares(own, is_same):
    earlier = {"file": "a.py", "class": "Shop", "headers": ["age", "id", "plan"]}
    other = {"file": "b.py", "class": "Other", "headers": ["x"], **own}
    assert is_of_dataset({"dataset": "a.py", "declared": earlier}, {"dataset": "x", "declared": other}) is is_same


def test_record_of_an_earlier_version_is_known_by_name():
    declared = {"dataset": "a.py", "declared": {"file": "a.py", "class": "Shop", "headers": []}}
    assert is_of_dataset({"dataset": "a.py"}, declared)
    assert not is_of_dataset({"dataset": "b.py"}, declared)


def test_held_file_is_compared_with_all_the_same(shop, hold):
    home = shop / "home"
    hold(home / "segments.duckdb")
    (shop / "next.csv").write_text(lines(60, ("basic", "student")))
    order = order_of(aged(shop / "next.csv"), home, dataset=str(shop / "shop.py"))
    notes = night_up_to("compare_nights", order).manifest["notes"]
    held = f"another program holds {home / 'segments.duckdb'} open for writing: a copy of it is read"
    assert notes[0] == held
    assert any(note.startswith("plan: 1 new ('student') and 1 vanished ('senior')") for note in notes)


def test_held_file_is_archived_apart_and_whole(shop, hold):
    home = shop / "home"
    before = (home / "segments.duckdb").read_bytes()
    hold(home / "segments.duckdb")
    held = (home / "segments.duckdb").stat().st_ino
    run_id = published_state(Home(home)).run_id
    (shop / "next.csv").write_text(lines(61))
    quick_night(aged(shop / "next.csv"), home, dataset=str(shop / "shop.py"))
    kept = home / "archive" / f"{run_id}.duckdb"
    assert kept.read_bytes() == before
    assert kept.stat().st_ino != held
    assert not list(home.rglob("damaged.duckdb"))


@pytest.mark.parametrize(
    "command",
    [
        ["query", "SELECT count(*) AS n FROM customers"],
        ["freeze", "vip", "--segment", "1"],
        ["score", "customers.csv", "--dataset", "shop.py"],
        ["report"],
        ["explain"],
    ],
)
def test_commands_work_beside_a_writer(shop, hold, segments, command):
    hold(shop / "home" / "segments.duckdb")
    named = [str(shop / word) if word.endswith((".csv", ".py")) else word for word in command]
    done = segments(*named, "--home", shop / "home")
    assert done.returncode == 0
    assert [line.partition(" ")[0] for line in done.stderr.splitlines()] == (
        ["another"] if command[0] == "freeze" else []
    )


def test_what_was_written_beside_is_said(shop, hold):
    home = shop / "home"
    hold(home / "segments.duckdb", "database.execute('CREATE TABLE mine AS SELECT 1 AS x')")
    assert (home / "segments.duckdb.wal").exists()
    (shop / "next.csv").write_text(lines(62))
    order = order_of(aged(shop / "next.csv"), home, dataset=str(shop / "shop.py"))
    notes = night_up_to("compare_nights", order).manifest["notes"]
    assert notes[0].startswith(f"another program wrote into {home / 'segments.duckdb'}, which is not for writing")


WRITE_LATER = """
import sys, duckdb
database = duckdb.connect(sys.argv[1])
{first}
print("begun", flush=True)
for line in sys.stdin:
    try:
        database.execute("INSERT INTO customers BY NAME SELECT * REPLACE (customer_id || 'x' AS customer_id) "
                         "FROM customers")
        print("written", flush=True)
    except duckdb.Error as error:
        print("refused", flush=True)
"""


@pytest.mark.parametrize("first", ["", "database.execute('CREATE TABLE mine AS SELECT 1 AS x')"])
def test_later_writes_reach_no_new_file(shop, begin_python, first):
    home = shop / "home"
    (home / "segments.duckdb").chmod(0o644)
    writer = begin_python(WRITE_LATER.format(first=first), home / "segments.duckdb")
    (shop / "next.csv").write_text(lines(63))
    summary = quick_night(aged(shop / "next.csv"), home, dataset=str(shop / "shop.py"))
    before = (home / "segments.duckdb").read_bytes()
    writer.stdin.write("write\nwrite\n")
    writer.stdin.flush()
    assert writer.stdout.readline() == ("written\n" if first else "refused\n")
    assert (home / "segments.duckdb").read_bytes() == before
    assert not (home / "segments.duckdb.wal").exists()
    assert value(home, "SELECT count(*) FROM customers") == 63
    notes = read_manifest(home / "runs" / summary.run_id / "manifest.json")["notes"]
    assert any("another program still holds the earlier" in note for note in notes)


def test_writer_of_an_older_file_reaches_no_later_one(shop, begin_python):
    home = shop / "home"
    (home / "segments.duckdb").chmod(0o644)
    writer = begin_python(WRITE_LATER.format(first=""), home / "segments.duckdb")
    for n in (63, 64):
        (shop / "next.csv").write_text(lines(n))
        quick_night(aged(shop / "next.csv"), home, dataset=str(shop / "shop.py"))
    writer.stdin.write("write\n")
    writer.stdin.flush()
    assert writer.stdout.readline() == "refused\n"
    assert value(home, "SELECT count(*) FROM customers") == 64


def test_reader_leaves_no_link_behind(shop, begin_python):
    home = shop / "home"
    begin_python(HOLD.replace("sys.argv[1]", "sys.argv[1], read_only=True").format(then=""), home / "segments.duckdb")
    (shop / "next.csv").write_text(lines(63))
    quick_night(aged(shop / "next.csv"), home, dataset=str(shop / "shop.py"))
    assert [path.name for path in home.glob("segments.duckdb*")] == ["segments.duckdb"]


def test_file_that_was_written_into_is_said(shop, hold):
    home = shop / "home"
    hold(
        home / "segments.duckdb",
        "database.execute('CREATE TABLE mine AS SELECT 1 AS x'); database.execute('CHECKPOINT')",
    )
    (shop / "next.csv").write_text(lines(62))
    order = order_of(aged(shop / "next.csv"), home, dataset=str(shop / "shop.py"))
    notes = night_up_to("compare_nights", order).manifest["notes"]
    assert any("the published file was damaged (its bytes are not those that run" in note for note in notes)


def test_earlier_file_that_cannot_be_read_is_said(shop):
    home = shop / "home"
    (shop / "next.csv").write_text(lines(62))
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    quick_night(aged(shop / "next.csv"), home, dataset=str(shop / "shop.py"), as_of=tomorrow)
    archived = min((home / "archive").glob("*.duckdb"))
    archived.chmod(0o644)
    archived.write_bytes(b"damaged")
    order = order_of(shop / "next.csv", home, dataset=str(shop / "shop.py"), force=True, as_of=tomorrow)
    notes = night_up_to("compare_nights", order).manifest["notes"]
    assert [note for note in notes if note.startswith(f"{archived} cannot be compared with (")]


def test_file_that_is_written_for_moments_is_read(shop):
    path, until = shop / "home" / "segments.duckdb", time.monotonic() + 0.5
    path.chmod(0o644)
    log_of(path).touch()  # as of a program that writes

    def write():
        while time.monotonic() < until:
            path.touch()

    writer = threading.Thread(target=write)
    writer.start()
    with duckdb.connect() as database, attached(database, path, "held"):
        writer.join()
        assert database.execute("SELECT count(*) FROM held.customers").fetchall() == [(60,)]
