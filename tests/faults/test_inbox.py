"""A directory as SOURCE: its newest finished delivery of the dataset is taken, and what is passed over is said."""

import json
import logging
import os
import time
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest

from flows.scoring import score_customers
from schemas.errors import DataRefused, SchemaError, UsageError
from schemas.file_settings import FileSettings
from tasks.delivery.dated_files import dated_files
from tasks.delivery.names import day_of, stem_of
from tasks.delivery.sources import find_source
from tasks.draft.drafting import draft_schema
from tests.conftest import ROOT
from tests.nights import SEED_ROWS, quick_night, read_night
from warehouse.home.directory import Home
from warehouse.home.ledger import publications, read_manifest

ORDERS = "order_id,customer_id,total\n1,K1,10\n2,K2,20\n"


@pytest.fixture
def inbox(tmp_path):
    """Fill a directory with files, name -> text, the first one the oldest, and return it."""

    def filled(**files):
        folder = tmp_path / "inbox"
        folder.mkdir()
        for age, (name, text) in enumerate(reversed(files.items()), start=60):
            (folder / name).write_text(text)
            os.utime(folder / name, (time.time() - age,) * 2)
        return folder

    return filled


def taken(folder, **settings):
    """Return the name of the file that is taken and the words about it, where all files hold the columns."""
    path, words = find_source(str(folder), FileSettings(**settings), lambda path: 1.0)
    return path.name, words


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *((f"customers.csv{end}", "unfinished") for end in (".part", ".filepart", ".TMP", ".crdownload", ".partial")),
        ("Unconfirmed 77.csv", "unfinished"),
        ("customers.csv.!ut", "unfinished"),
        ("_tmp_customers.csv", "unfinished"),
        ("~$customers.csv", "a lock"),
        (".~lock.customers.csv#", "a lock"),
        (".customers.csv.aB3x", "hidden"),
        ("customers.csv~", "a backup"),
        *((f"customers.csv{end}", "a checksum or signature") for end in (".md5", ".sha256", ".sfv", ".asc")),
        ("SHA256SUMS", "a checksum or signature"),
        ("customers.csv.done", "a marker"),
        ("README.txt", "a readme"),
        ("LIESMICH", "a readme"),
        ("customers.xlsx", "another format"),
        ("customers.json.gz", "another format"),
    ],
)
def test_what_is_no_delivery_is_passed_over(inbox, name, why):
    folder = inbox(**{"customers.csv": SEED_ROWS, name: ORDERS})
    assert taken(folder) == ("customers.csv", f"{folder}: customers.csv was taken; passed over: {name} ({why})")
    (folder / "customers.csv").unlink()
    with pytest.raises(UsageError) as raised:
        find_source(str(folder))
    assert f"{folder} holds no file but {name} ({why}); drop a customers file there" in str(raised.value)


@pytest.mark.parametrize(
    "name", ["customers.txt", "part.csv", "customers.done.csv", "readers.csv", "customers.asc", "customers", "old.tsv"]
)
def test_unusual_names_are_taken(inbox, name):
    folder = inbox(**{name: SEED_ROWS})
    assert taken(folder) == (name, "")


@pytest.mark.parametrize(
    ("names", "expected", "by"),
    [
        (["customers_20261128.csv", "customers_20261127.csv"], "customers_20261128.csv", "the date in its name"),
        (["28.11.2025 c.csv", "27.12.2025 c.csv", "01.01.2025 c.csv"], "27.12.2025 c.csv", "the date in its name"),
        (["c-2026-11-28.csv.gz", "c-2026-11-27.csv"], "c-2026-11-28.csv.gz", "the date in its name"),
        (["customers_20261128.csv", "customers (1).csv"], "customers (1).csv", "its last change"),
        (["customers_20261399.csv", "customers_20261127.csv"], "customers_20261127.csv", "its last change"),
        (["c_20261128 a.csv", "c_20261128 (1).csv"], None, None),
        (["c_20261128_7fa.csv", "c_20261128_b31.csv"], "c_20261128_b31.csv", "the date in its name"),
    ],
)
def test_newest_is_told_by_dates_or_times(inbox, names, expected, by):
    folder = inbox(**dict.fromkeys(names, SEED_ROWS))
    if expected is None:
        with pytest.raises(UsageError, match="whose names do not show which is the delivery"):
            taken(folder)
        return
    assert taken(folder) == (expected, f"{folder}: {expected} was taken; the newest of {len(names)} by {by}")


def test_link_out_of_the_directory_is_passed_over(inbox, tmp_path, monkeypatch):
    folder = inbox(**{"customers.csv": SEED_ROWS})
    (tmp_path / "secret.csv").write_text(SEED_ROWS)
    (folder / "newer.csv").symlink_to(tmp_path / "secret.csv")
    name, words = taken(folder)
    assert name == "customers.csv"
    assert words.endswith("newer.csv (a link to a file outside; SEGMENTS_FOLLOW_LINKS=1 follows it)")
    monkeypatch.setenv("SEGMENTS_FOLLOW_LINKS", "1")
    assert taken(folder)[0] == "newer.csv"


def test_link_that_is_named_is_followed(inbox, tmp_path):
    folder = inbox(**{"customers.csv": SEED_ROWS})
    (tmp_path / "named.csv").symlink_to(folder / "customers.csv")
    (tmp_path / "named").symlink_to(folder)
    assert taken(tmp_path / "named.csv")[0] == "named.csv"
    assert taken(tmp_path / "named")[0] == "customers.csv"


def test_orders_are_not_taken_for_customers(inbox, tmp_path):
    files = {"customers_20261127.csv": SEED_ROWS, "orders_20261127.csv": ORDERS, "orders_20261128.csv": ORDERS}
    folder = inbox(**files)
    found = read_night(folder, tmp_path / "fresh")
    assert found.manifest["source_name"] == "customers_20261127.csv"
    assert "orders_20261128.csv (0% of the declared columns)" in found.manifest["notes"][0]
    with pytest.raises(UsageError, match=r"holds customers_20261127\.csv and orders_20261128\.csv, whose .*=\"cust"):
        draft_schema(str(folder))


@pytest.mark.parametrize(
    ("names", "held", "is_clear"),
    [
        (["a.csv", "b.csv"], [1, 1], True),
        (["a.csv", "b.csv"], [1, 0.8], False),
        (["a.csv", "b.csv"], [1, 0.5], False),
        (["a.csv", "b.csv"], [1, 0.49], True),
        (["a.csv", "b.csv"], [1, None], False),
        (["vip_20261128.csv", "customers_20261127.csv"], [1, 1], False),
    ],
)
def test_files_of_other_names_need_the_columns(inbox, names, held, is_clear):
    folder, shares = inbox(**dict.fromkeys(names, SEED_ROWS)), dict(zip(names, held, strict=True))

    def found():
        return find_source(str(folder), share_held=lambda path: shares[path.name])[0].name

    if is_clear:
        assert found() == ("b.csv" if shares["b.csv"] == 1 else "a.csv")
    else:
        with pytest.raises(UsageError, match="expected files of one kind: name one as SOURCE, or say in the schema"):
            found()


@pytest.mark.parametrize(
    "name", ["customers_unsubscribed.csv", "cleaned_members_8a1.csv", "Kunden abgemeldet.csv", "returns.csv"]
)
def test_lists_of_others_are_passed_over(inbox, name):
    folder = inbox(**{"customers.csv": SEED_ROWS, name: SEED_ROWS})
    words = f"{folder}: customers.csv was taken; passed over: {name} (a list of others, by its name)"
    assert taken(folder) == ("customers.csv", words)
    (folder / "customers.csv").unlink()
    assert taken(folder) == (name, "")


def test_only_other_kinds_are_named(inbox, home):
    folder = inbox(**{"orders.csv": ORDERS, "returns.csv": ORDERS})
    with pytest.raises(UsageError, match=r"holds no file but orders\.csv \(0% of .*\), returns\.csv \(0% of"):
        read_night(folder, home)


def test_backfill_passes_over_the_same_files(inbox, caplog):
    names = ["c_20261127.csv", "c_20261128.csv", "c_20261129.csv.part", "README.txt"]
    folder = inbox(**dict.fromkeys(names, SEED_ROWS))
    with caplog.at_level(logging.INFO, logger="tasks"):
        found = dated_files([str(folder)], FileSettings())
    assert [path.name for path in found.values()] == names[:2]
    assert "passed over: README.txt (a readme), c_20261129.csv.part (unfinished)" in caplog.text


def test_scoring_takes_from_a_directory_as_runs_do(inbox, home):
    folder = inbox(**{"customers.csv": SEED_ROWS, "orders.csv": ORDERS})
    scored = score_customers(str(folder), home)
    manifest = read_manifest(Home(home).manifest_file(scored.run_id))
    assert manifest["notes"][0].endswith(
        "customers.csv was taken; passed over: orders.csv (0% of the declared columns)"
    )


def test_unfinished_delivery_is_named_after_waiting(inbox, home, tmp_path):
    schema = (ROOT / "schemas" / "customers.py").read_text().replace("(Dataset", "(Dataset, wait_seconds=0.1")
    (tmp_path / "patient.py").write_text(schema)
    folder = inbox(**{"customers.csv.part": SEED_ROWS})
    with pytest.raises(
        DataRefused, match=r"holds no file but customers\.csv\.part \(unfinished\), after 0\.1 s of waiting"
    ):
        read_night(folder, home, dataset=str(tmp_path / "patient.py"))


def test_declared_names_decide_what_is_taken(inbox):
    folder = inbox(**{"Customers_1.CSV": SEED_ROWS, "orders.csv": ORDERS, "customers_2.csv.part": ORDERS})
    name, words = taken(folder, deliveries="customers*.csv*")
    assert name == "Customers_1.CSV"
    assert words.endswith("passed over: customers_2.csv.part (unfinished), orders.csv (not customers*.csv*)")


def test_declared_names_may_have_any_ending(inbox):
    folder = inbox(**{"customers.log": SEED_ROWS, "orders.csv": ORDERS})
    assert taken(folder, deliveries="*.log")[0] == "customers.log"


@pytest.mark.parametrize("pattern", ["", " ", "inbox/*.csv"])
def test_impossible_pattern_is_a_schema_error(pattern):
    with pytest.raises(SchemaError, match="should be a pattern of file names"):
        FileSettings(deliveries=pattern)


def test_nothing_new_says_what_is_still_unfinished(inbox, home):
    folder = inbox(**{"customers.csv": SEED_ROWS, "customers (1).csv.part": "Age"})
    quick_night(folder, home)
    summary = quick_night(folder, home)
    assert not summary.is_new
    assert summary.message.endswith("passed over: customers (1).csv.part (unfinished)")


@pytest.mark.parametrize(
    ("names", "stem"),
    [
        (["c.csv", "c (1).csv", "C_20261128.csv.gz", "c-v2.csv", "c2.txt"], "c"),
        (["2026-11-28 shop orders.csv", "shop_orders_7fa3.csv", "shop orders 28.11.2025.tsv"], "shop orders"),
        (["acme.customers.csv"], "acme customers"),
        (["20261128.csv", "77.csv"], ""),
    ],
)
def test_stem_is_what_names_share(tmp_path, names, stem):
    assert {stem_of(tmp_path / name) for name in names} == {stem}


def test_number_that_is_no_date_is_none(tmp_path):
    assert [day_of(tmp_path / name) for name in ("c_1234567890.csv", "c_20261301.csv", "c_1.2.2026.csv")] == [None] * 3


@pytest.mark.parametrize("name", ["customers-{}.csv", "{}_customers.csv.gz"])
def test_date_to_come_hides_no_newer_file(inbox, name):
    today = date.today()
    names = [name.format(day) for day in (today - timedelta(days=1), today, today + timedelta(days=400))]
    folder = inbox(**dict.fromkeys(names, SEED_ROWS))
    assert taken(folder)[0] == names[1]
    assert f"dated in the future, and so taken for the oldest: {names[2]}" in taken(folder)[1]


def test_time_to_come_hides_no_newer_file(inbox):
    folder = inbox(**{"old.csv": SEED_ROWS, "new.csv": SEED_ROWS, "ahead.csv": SEED_ROWS})
    os.utime(folder / "ahead.csv", (time.time() + 400 * 86_400,) * 2)
    assert taken(folder)[0] == "new.csv"


def test_only_file_is_taken_whatever_its_date(inbox):
    assert taken(inbox(**{"customers-2999-01-01.csv": SEED_ROWS}))[0] == "customers-2999-01-01.csv"


DAILY = """
from schemas.customers import Customers as _Customers

class Customers(_Customers, delivery_days=2):
    pass
"""


@pytest.fixture
def daily(write, tmp_path, home):
    """A home in which a run of a dataset is published that expects a delivery every two days."""
    source = write(SEED_ROWS)
    (tmp_path / "daily.py").write_text(DAILY)
    quick_night(source, home, dataset=str(tmp_path / "daily.py"))
    return source


def begun(home, days_ago):
    record = Home(home).manifest_file(publications(Home(home))[0]["run_id"])
    started = datetime.now(UTC) - timedelta(days=days_ago)
    record.write_text(json.dumps(json.loads(record.read_text()) | {"started_at": started.isoformat()}))


def test_missing_delivery_is_refused_once_overdue(daily, tmp_path, home):
    begun(home, days_ago=1.9)
    assert not quick_night(daily, home, dataset=str(tmp_path / "daily.py")).is_new
    begun(home, days_ago=2.1)
    with pytest.raises(DataRefused, match=r"holds no new delivery: .* 2\.1 days ago; expected one within 2 days"):
        quick_night(daily, home, dataset=str(tmp_path / "daily.py"))


def test_link_put_there_meanwhile_is_passed_over(inbox, home, tmp_path):
    folder, secret = inbox(**{"customers.csv": SEED_ROWS}), tmp_path / "secret.csv"
    secret.write_text(SEED_ROWS + "31,Ohio,tea\n")
    (folder / "link").symlink_to(secret)
    (folder / "customers.csv").touch()  # it is looked at for a second, as it has just changed

    def swap():
        while not any((home / "staging").iterdir()):
            time.sleep(0.001)
        time.sleep(0.3)
        os.replace(folder / "link", folder / "customers.csv")

    swapping = Thread(target=swap)
    swapping.start()
    with pytest.raises(UsageError, match="a link to a file outside"):
        quick_night(folder, home)
    swapping.join()
