"""A delivery is taken whole or not at all: files still being written, several in a night, the same one twice."""

import gzip
import json
import logging
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from schemas.errors import DataRefused, UsageError
from schemas.file_settings import FileSettings
from tasks.deliver import deliver, published_before
from tasks.delivery.sources import find_source
from tasks.delivery.waiting import has_writer
from tests.conftest import ROOT, aged
from tests.nights import SEED_ROWS
from warehouse.home.ledger import open_manifest, read_manifest
from warehouse.home.run import Order, Run

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, items, numeric

class Shop(Dataset{settings}):
    '''A shop.'''
    age: Series[int] = numeric()
    location: Series[str] = category()
    purchase_history: Series[list] = items()
"""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="leases are Linux's")


@pytest.fixture
def begin(tmp_path):
    """Begin a run of its own home for some sources, under a schema with the settings given."""

    def begin_run(*sources, home=None, **settings):
        schema = tmp_path / "shop.py"
        schema.write_text(SCHEMA.format(settings="".join(f", {name}={value!r}" for name, value in settings.items())))
        run = Run.begin(Order(tuple(map(str, sources)), dataset=str(schema), home=str(home or tmp_path / "home")))
        run.home.prepare()
        open_manifest(run)
        run.staging.mkdir()
        return run

    return begin_run


@pytest.fixture
def writing(begin_python):
    """Start a process that runs some Python with its path as sys.argv[1]; it is ended with the test."""
    return lambda code, path: begin_python(f"import os, sys, time\npath = sys.argv[1]\n{code}", path)


#: Appends a row every 0.1 s, opening the file anew each time, as a script that is restarted does.
APPEND = """
for n in range({times}):
    with open(path, "a") as file:
        file.write(f"{{20 + n % 60}},Ohio,apples\\n")
    if n == 0:
        print("begun", flush=True)
    time.sleep(0.1)
"""

#: Holds the file open for writing and writes nothing, as a stalled upload does.
HOLD = """
file = open(path, "a")
print("begun", flush=True)
time.sleep({seconds})
file.write("60,Ohio,juice\\n")
file.close()
os.utime(path, (time.time() - 60,) * 2)
time.sleep(60)
"""


def test_old_file_is_taken_at_once(write, begin):
    run = begin(write(SEED_ROWS))
    start = time.monotonic()
    deliver(run)
    assert time.monotonic() - start < 0.5
    assert run.source_copy(1).read_text() == SEED_ROWS
    assert not run.undecodable_file(1).exists()


def test_new_file_is_accepted_once_stable(tmp_path, begin):
    (tmp_path / "new.csv").write_text(SEED_ROWS)
    run = begin(tmp_path / "new.csv", settle_seconds=0.6)
    start = time.monotonic()
    deliver(run)
    assert 0.3 < time.monotonic() - start < 1.5


def test_future_timestamp_does_not_delay_a_file(write, begin):
    path = write(SEED_ROWS)
    os.utime(path, (time.time() + 3600,) * 2)
    run = begin(path, settle_seconds=0.3)
    start = time.monotonic()
    deliver(run)
    assert 0.3 <= time.monotonic() - start < 1.5


def test_growing_file_is_accepted_when_it_stops(write, begin, writing, caplog):
    path = write(SEED_ROWS)
    with caplog.at_level(logging.INFO):
        writing(APPEND.format(times=8), path)
        run = begin(path, settle_seconds=0.4)
        deliver(run)
    assert run.source_copy(1).read_text() == path.read_text()
    assert run.source_copy(1).read_text().count("\n") == SEED_ROWS.count("\n") + 8
    (told,) = [record.message for record in caplog.records if record.name.endswith("waiting")]
    assert told.startswith(f"waiting up to 60 s: {path} is still being written")


def test_undecodable_file_name_is_logged_readably(tmp_path, begin, caplog):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv")
    Path(path).write_text(SEED_ROWS)
    with caplog.at_level(logging.INFO):
        deliver(begin(path, settle_seconds=0.2))
    (told,) = [record.getMessage() for record in caplog.records if record.name.endswith("waiting")]
    assert "/caf?.csv is still being written" in told


def test_endlessly_growing_file_is_refused_with_details(write, begin, writing):
    path = write(SEED_ROWS)
    writing(APPEND.format(times=100), path)
    run = begin(path, settle_seconds=0.4, wait_seconds=0.8)
    start = time.monotonic()
    with pytest.raises(DataRefused) as raised:
        deliver(run)
    assert 0.8 <= time.monotonic() - start < 1.5
    assert re.fullmatch(
        rf"{path} is still being written: grew from 1\d\d to 2\d\d bytes within 0.\d s, expected no change for 0.4 s, "
        r"after 0.8 s of waiting; deliver it whole \(written under another name, then renamed\), "
        r"or raise wait_seconds in the schema",
        str(raised.value),
    )
    assert not run.source_copy(1).exists()


def test_zero_wait_refuses_a_changing_file(tmp_path, begin):
    (tmp_path / "new.csv").write_text(SEED_ROWS)
    with pytest.raises(DataRefused, match="is still being written: changed just now, expected no change for 1 s"):
        deliver(begin(tmp_path / "new.csv", wait_seconds=0))


@linux_only
def test_file_held_open_is_accepted_once_closed(write, begin, writing):
    path = write(SEED_ROWS)
    writing(HOLD.format(seconds=1), path)
    aged(path)
    run = begin(path)
    deliver(run)
    assert run.source_copy(1).read_text() == SEED_ROWS + "60,Ohio,juice\n"


@linux_only
def test_file_held_open_too_long_is_refused(write, begin, writing):
    path = write(SEED_ROWS)
    writing(HOLD.format(seconds=60), path)
    aged(path)
    with pytest.raises(DataRefused, match="is still being written: another process holds it open for writing, after"):
        deliver(begin(path, wait_seconds=0.3))


def test_file_that_others_read_is_taken(write, begin, writing):
    path = write(SEED_ROWS)
    writing('file = open(path); print("begun", flush=True); time.sleep(60)', path)
    deliver(begin(path, wait_seconds=0))


LOOK_OFTEN = """
from pathlib import Path
from tasks.delivery.waiting import has_writer
path = Path(__import__("sys").argv[1])
print(sum(has_writer(path) for _ in range(20_000)))
"""


@linux_only
def test_writer_check_survives_a_new_writer(write, writing):
    path = write(SEED_ROWS)
    writing('print("begun", flush=True)\nwhile True: open(path, "a").close()', path)
    done = subprocess.run(
        [sys.executable, "-c", LOOK_OFTEN, path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 0
    assert path.read_text() == SEED_ROWS


@linux_only
def test_writer_check_does_not_block_the_writer(write):
    path = write(SEED_ROWS)
    assert not has_writer(path)
    with path.open("a") as file:
        assert has_writer(path)
        file.write("x")
    assert not has_writer(path)


@linux_only
@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root to be somebody else")
def test_foreign_file_is_accepted_without_writer_check(write):
    path = write(SEED_ROWS)
    path.parent.chmod(0o755)
    os.chown(path, 12345, 12345)
    code = f"from pathlib import Path; from tasks.delivery.waiting import has_writer; print(has_writer(Path('{path}')))"
    command = ["setpriv", "--bounding-set=-lease", sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.fixture
def replaced_midway():
    """Replace one file by another as soon as a copy has begun."""
    threads = []

    def replace(path, by, copy):
        def replace_once_begun():
            while not copy.exists():
                time.sleep(0.001)
            os.replace(by, path)

        threads.append(threading.Thread(target=replace_once_begun))
        threads[-1].start()

    yield replace
    for thread in threads:
        thread.join()


def test_file_replaced_while_copied_is_copied_again(write, begin, replaced_midway):
    path, new = write("30,Ohio,apples\n" * 3_000_000), write(SEED_ROWS, "new.csv")
    run = begin(path)
    replaced_midway(path, new, run.source_copy(1))
    delivery = deliver(run)
    assert run.source_copy(1).read_text() == SEED_ROWS
    assert delivery.source_bytes == len(SEED_ROWS)


def test_fault_in_a_replaced_copy_is_forgotten(write, begin, replaced_midway):
    whole = gzip.compress(random.Random(1).randbytes(2_000_000).hex().encode() * 20, 1)
    path, new = write(whole[:-100], "customers.csv.gz"), write(SEED_ROWS, "new.csv")
    run = begin(path)
    replaced_midway(path, new, run.source_copy(1))
    deliver(run)
    assert run.source_copy(1).read_text() == SEED_ROWS


#: Writes into a large file without a pause; the file looks old each time, so that only the copy notices.
TOUCH = """
n = 0
while True:
    n += 1
    with open(path, "r+") as file:
        file.write("ABC"[n % 3])
    os.utime(path, ns=(n, n))
    if n == 1:
        print("begun", flush=True)
"""


def test_file_changing_during_every_copy_is_refused(write, begin, writing):
    path = write(SEED_ROWS + "30,Ohio,apples\n" * 500_000)
    writing(TOUCH, path)
    run = begin(path, settle_seconds=0, wait_seconds=0.7)
    with pytest.raises(DataRefused, match="is still being written: "):
        deliver(run)


def test_growing_gzip_is_awaited_not_refused(tmp_path, begin, writing):
    whole = gzip.compress(SEED_ROWS.encode() * 1000)
    path, rest = tmp_path / "customers.csv.gz", tmp_path / "rest"
    path.write_bytes(whole[: len(whole) // 2])
    rest.write_bytes(whole[len(whole) // 2 :])
    code = 'print("begun", flush=True); time.sleep(0.5); open(path, "ab").write(open(path[:-16] + "rest", "rb").read())'
    writing(f"{code}; time.sleep(60)", path)
    run = begin(path, settle_seconds=0.8)
    deliver(run)
    assert run.source_copy(1).read_text() == SEED_ROWS * 1000


def test_renamed_file_is_accepted_under_final_name(tmp_path, begin, writing):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    path = inbox / "customers.csv.part"
    code = """
file = open(path, "w")
file.write("Age,Location,Purchase History\\n30,Ohio,apples\\n")
file.flush()
print("begun", flush=True)
time.sleep(0.4)
file.close()
os.rename(path, path[:-5])
time.sleep(60)
"""
    writing(code, path)
    delivery = deliver(begin(inbox, settle_seconds=0.6))
    assert delivery.source_name == "customers.csv"


def test_file_waits_for_its_done_marker(write, begin, writing):
    path = write(SEED_ROWS)
    writing('print("begun", flush=True); time.sleep(0.5); open(path + ".done", "w"); time.sleep(60)', path)
    run = begin(path, done_marker=".done")
    start = time.monotonic()
    deliver(run)
    assert time.monotonic() - start > 0.3


def test_file_without_its_marker_is_refused(write, begin):
    path = write(SEED_ROWS)
    with pytest.raises(DataRefused) as raised:
        deliver(begin(path, done_marker=".done", wait_seconds=0.2))
    assert str(raised.value).startswith(
        f"{path} has no customers.csv.done beside it, which the schema expects (done_marker='.done'), after 0.2 s"
    )


NIGHT = """
import sys
from tasks.deliver import deliver
from tasks.run.lifecycle import begin_night
from warehouse.home.run import Order
with begin_night(Order(sys.argv[1], dataset=sys.argv[2], home=sys.argv[3])) as run:
    deliver(run)
"""


def test_waiting_run_can_be_stopped(write, begin, tmp_path):
    path = write(SEED_ROWS)
    run = begin(path, done_marker=".done", home=tmp_path / "other")
    command = [sys.executable, "-c", NIGHT, path, run.order.dataset, tmp_path / "home"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        while not list((tmp_path / "home").glob("staging/*")):
            assert process.poll() is None
            time.sleep(0.02)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 143
    (record,) = [json.loads(path.read_text()) for path in (tmp_path / "home").glob("runs/*/manifest.json")]
    assert (record["status"], record["message"]) == ("interrupted", "the run was stopped")


def test_several_sources_are_recorded_in_their_order(write, begin):
    stores = [write(SEED_ROWS, "north.csv"), write(gzip.compress(f"{SEED_ROWS}\n\xff\n".encode("latin-1")), "south.gz")]
    run = begin(*stores)
    delivery = deliver(run)
    assert [run.source_copy(number).read_text() for number in (1, 2)] == [SEED_ROWS, f"{SEED_ROWS}\n\\xff\n"]
    assert run.undecodable_file(2).read_text() == "9,0xff\n"
    assert not run.undecodable_file(1).exists()
    assert delivery.source_file == f"{stores[0]} + {stores[1]}"
    assert delivery.source_name == "north.csv + south.gz"
    assert delivery.source_bytes == sum(store.stat().st_size for store in stores)
    manifest = read_manifest(run.manifest_file)
    (step,) = manifest["steps"]
    assert step["files"] == [asdict(file) for file in delivery.files]
    assert [
        (file["number"], file["source_name"], file["packing"], file["undecodable_lines"]) for file in step["files"]
    ] == [
        (1, "north.csv", None, 0),
        (2, "south.gz", "gzip", 1),
    ]
    assert manifest["source_sha256"] == delivery.source_sha256


def test_hash_depends_on_files_and_their_order(write, begin):
    one, two, three = (write(SEED_ROWS + f"{age},Ohio,tea\n", f"{age}.csv") for age in (31, 32, 33))
    orders = [(one,), (two,), (one, two), (two, one), (one, two, three), (one, three, two)]
    deliveries = [deliver(begin(*order)) for order in orders]
    assert deliveries[0].source_sha256 == deliveries[0].files[0].sha256
    assert len({delivery.source_sha256 for delivery in deliveries}) == len(orders)
    assert len({delivery.fingerprint for delivery in deliveries}) == len(orders)
    again = deliver(begin(one, two))
    assert again.fingerprint == deliveries[2].fingerprint


def test_same_files_and_settings_are_already_published(write, home, begin):
    one, two = write(SEED_ROWS, "one.csv"), write(SEED_ROWS * 2, "two.csv")
    (published,) = home.glob("runs/*/manifest.json")
    record = json.loads(published.read_text())
    delivery = deliver(begin(one, two, home=home))
    published.write_text(json.dumps({**record, "fingerprint": delivery.fingerprint}))
    run = begin(one, two, home=home)
    assert published_before(run, deliver(run)) == record["run_id"]
    for other in ((two, one), (one,)):
        run = begin(*other, home=home)
        assert published_before(run, deliver(run)) is None


def test_same_file_under_another_name_is_refused(write, begin, tmp_path):
    path = write(SEED_ROWS)
    (tmp_path / "link.csv").symlink_to(path)
    (tmp_path / "inbox").mkdir()
    os.link(path, tmp_path / "inbox" / "hard.csv")
    for other in (path, tmp_path / "link.csv", tmp_path / "inbox", f"{tmp_path}/./customers.csv"):
        with pytest.raises(UsageError, match="hold the same bytes; name each delivery once as SOURCE"):
            deliver(begin(path, other))


def test_identical_copy_of_a_file_is_refused(write, begin):
    one, two = write(SEED_ROWS, "customers.csv"), write(SEED_ROWS, "customers (1).csv")
    with pytest.raises(UsageError, match="hold the same bytes; name each delivery once as SOURCE"):
        deliver(begin(one, two))


def test_newest_visible_file_in_directory_is_picked(tmp_path):
    for age, name in enumerate(["new.csv.mark", ".hidden.csv", "new.csv", "old.csv", "old.csv.mark"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    settings = FileSettings(done_marker=".mark")
    assert find_source(str(tmp_path), settings, lambda path: 1)[0] == tmp_path / "new.csv"
    assert find_source(str(tmp_path), share_held=lambda path: 1)[0] == tmp_path / "new.csv.mark"
    (tmp_path / "new.csv").unlink()
    (tmp_path / "old.csv").unlink()
    with pytest.raises(UsageError, match=r"holds no file but \.hidden\.csv "):
        find_source(str(tmp_path), settings)


def test_second_source_that_is_missing_is_named(write, begin, tmp_path):
    with pytest.raises(UsageError, match=f"{tmp_path}/none.csv: no such file or directory"):
        deliver(begin(write(SEED_ROWS), tmp_path / "none.csv"))


def test_compressed_file_over_schema_bounds_is_refused(write, begin):
    path = write(gzip.compress(SEED_ROWS.encode() * 10_000), "customers.csv.gz")
    run = begin(path, max_unpacked_bytes=1_000_000)
    with pytest.raises(DataRefused, match="unpacks to more than 1,000,000 bytes"):
        deliver(run)
    assert list(run.staging.iterdir()) == []


def test_schema_encoding_is_used_and_recorded(write, begin):
    run = begin(write(SEED_ROWS.replace("Texas", "Łódź").encode("cp1250")), encoding="cp1250")
    assert deliver(run).files[0].encoding == "cp1250"
    assert "Łódź" in Path(run.source_copy(1)).read_text()
