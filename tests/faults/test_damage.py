"""A published file that is damaged is replaced by the next run, kept as evidence, and costs no good file."""

import json
import os
import random
import re
import shutil

import duckdb
import pytest

from schemas.errors import SegmentsError, UsageError
from tests.nights import PUBLISHED_RUN, answered, assert_invariants, quick_night, run_night, value
from warehouse.home.directory import Home
from warehouse.runs import report_file


def write(path, content):
    path.unlink()
    path.write_bytes(content)


def cut(path):
    write(path, path.read_bytes()[:300_000])


def flip_in(table):
    """Return what flips one bit in a block that reading the table needs."""

    def flip(path):
        whole = path.read_bytes()
        places = random.Random(5)
        while True:
            place = places.randrange(12_288, len(whole))
            damaged = bytearray(whole)
            damaged[place] ^= 1 << places.randrange(8)
            write(path, damaged)
            try:
                with duckdb.connect(str(path), read_only=True) as database:
                    database.execute(f"SELECT max(hash(rows)) FROM {table} AS rows").fetchall()
            except duckdb.Error:
                return

    return flip


def write_into(path):
    """Write into the file with DuckDB, as only who changes its permissions can."""
    path.chmod(0o644)
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE TABLE mine AS SELECT 1 AS a")


def replace_by_foreign_database(path):
    path.unlink()
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE TABLE sales AS SELECT 1 AS amount")


def replace_by_empty_runs(path):
    path.unlink()
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE TABLE runs (run_id VARCHAR)")


def replace_by_runs_of_another(run_id):
    def replace(path):
        path.unlink()
        with duckdb.connect(str(path)) as database:
            database.execute("CREATE TABLE runs AS SELECT $run_id AS run_id", {"run_id": run_id})

    return replace


def replace_by_pipe(path):
    path.unlink()
    os.mkfifo(path)


def replace_by_directory(path):
    path.unlink()
    path.mkdir()
    (path / "note.txt").write_text("mine")


DAMAGES = {
    "a flip in customers": flip_in("customers"),
    "a flip in runs": flip_in("runs"),
    "a table of somebody's": write_into,
    "a cut file": cut,
    "an empty file": lambda path: write(path, b""),
    "a text": lambda path: write(path, b"segments\n" * 9999),
    "a foreign database": replace_by_foreign_database,
    "runs of nobody": replace_by_empty_runs,
    "runs of another program": replace_by_runs_of_another(17),
    "a run id that is a path": replace_by_runs_of_another("../../x/y"),
    "a directory": replace_by_directory,
}


def files_in(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def first_note(home, run_id):
    return json.loads((home / "runs" / run_id / "manifest.json").read_text())["notes"][0]


def last_note(home, run_id):
    return json.loads((home / "runs" / run_id / "manifest.json").read_text())["notes"][-1]


def evidence_in(home):
    (kept,) = home.glob("runs/*/damaged.duckdb")
    return files_in(kept) if kept.is_dir() else kept.read_bytes()


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_file_is_kept_and_put_back(first_night, home, damage):
    published = home / "segments.duckdb"
    before, archived, run_id = published.read_bytes(), files_in(home / "archive"), value(home, PUBLISHED_RUN)
    damage(published)
    evidence = files_in(published) if published.is_dir() else published.read_bytes()
    summary = run_night(first_night / "customers.csv", home)
    assert (summary.is_new, summary.run_id) == (False, run_id)
    assert re.search(
        rf"the published file was damaged \(.*\), and is kept as .*: that of run {run_id}", summary.message
    )
    assert published.read_bytes() == before
    assert files_in(home / "archive") == archived
    assert evidence_in(home) == evidence
    assert re.search(r" UTC: the published file was damaged \(.*\), and is kept as ", last_note(home, run_id))


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_file_without_archive_is_replaced(first_night, home, damage):
    published = home / "segments.duckdb"
    shutil.rmtree(home / "archive")
    damage(published)
    evidence = files_in(published) if published.is_dir() else published.read_bytes()
    run_id = quick_night(first_night / "customers.csv", home).run_id
    assert_invariants(home)
    assert value(home, PUBLISHED_RUN) == run_id
    assert evidence_in(home) == evidence
    assert first_note(home, run_id).startswith("the published file is damaged (")
    assert first_note(home, run_id).endswith("this run begins anew")


def test_damage_in_both_takes_the_one_before(first_night, home):
    earlier, before = value(home, PUBLISHED_RUN), (home / "segments.duckdb").read_bytes()
    last = quick_night(first_night / "customers.csv", home, force=True).run_id
    for path in (home / "segments.duckdb", home / "archive" / f"{last}.duckdb"):
        write(path, b"damaged")
    with pytest.raises(SegmentsError):
        quick_night(home / "nothing.csv", home)
    assert (home / "segments.duckdb").read_bytes() == before
    (note,) = [note for path in home.glob("runs/*/manifest.json") for note in json.loads(path.read_text())["notes"]
               if note.startswith("the published file was")]  # fmt: skip
    assert note.endswith(
        f"as of {value(home, 'SELECT max(as_of) FROM runs')}, was put back, and what {last} published is lost"
    )
    assert run_night(first_night / "customers.csv", home).run_id == earlier


def test_swapped_file_is_not_trusted(first_night, home):
    earlier = value(home, PUBLISHED_RUN)
    last = quick_night(first_night / "customers.csv", home, force=True).run_id
    before = (home / "segments.duckdb").read_bytes()
    write(home / "segments.duckdb", (home / "archive" / f"{earlier}.duckdb").read_bytes())
    summary = quick_night(first_night / "customers.csv", home)
    assert f"segments.duckdb is that of run {earlier}, and that of run {last} was published last" in summary.message
    assert (home / "segments.duckdb").read_bytes() == before


def test_removed_file_is_put_back(first_night, home):
    before = (home / "segments.duckdb").read_bytes()
    (home / "segments.duckdb").unlink()
    assert "segments.duckdb is gone" in run_night(first_night / "customers.csv", home).message
    assert (home / "segments.duckdb").read_bytes() == before


def test_clock_that_went_backwards_changes_nothing(first_night, home):
    last = quick_night(first_night / "customers.csv", home, force=True).run_id
    record = home / "runs" / last / "manifest.json"
    record.write_text(json.dumps({**json.loads(record.read_text()), "started_at": "2001-01-01T00:00:00.000+00:00"}))
    summary = quick_night(first_night / "customers.csv", home)
    assert (summary.run_id, "put back" in summary.message) == (last, False)


@pytest.mark.parametrize("damage", [None, flip_in("customers")], ids=["whole", "damaged"])
def test_file_without_hash_is_judged_by_reading(first_night, home, damage):
    (record,) = home.glob("runs/*/manifest.json")
    facts = json.loads(record.read_text())
    del facts["published_sha256"], facts["publication"]
    record.write_text(json.dumps(facts))
    shutil.rmtree(home / "archive")
    if damage:
        damage(home / "segments.duckdb")
    published = (home / "segments.duckdb").read_bytes()
    run_id = quick_night(first_night / "customers.csv", home, force=True).run_id
    archived = home / "archive" / f"{record.parent.name}.duckdb"
    kept = home / "runs" / run_id / "damaged.duckdb"
    assert (archived.exists(), kept.exists()) == (damage is None, damage is not None)
    assert (kept if damage else archived).read_bytes() == published


def test_query_on_damaged_table_names_next_step(home):
    flip_in("customers")(home / "segments.duckdb")
    with pytest.raises(SegmentsError, match=r"Corrupt database file.*; the next run replaces it") as raised:
        answered(Home(home), "SELECT max(hash(rows)) FROM customers AS rows")
    assert not isinstance(raised.value, UsageError)


@pytest.mark.parametrize("replace", [replace_by_directory, replace_by_pipe])
def test_query_on_irregular_file_names_next_step(home, replace):
    replace(home / "segments.duckdb")
    with pytest.raises(SegmentsError, match="the next run replaces it"):
        answered(Home(home), "SELECT 1")


def test_pipe_under_the_published_name_is_replaced(first_night, home):
    replace_by_pipe(home / "segments.duckdb")
    run_id = quick_night(first_night / "customers.csv", home).run_id
    assert_invariants(home)
    assert (home / "runs" / run_id / "damaged.duckdb").is_fifo()


def test_linked_published_file_is_archived_as_file(first_night, home):
    (home / "elsewhere").mkdir()
    (home / "segments.duckdb").rename(home / "elsewhere" / "segments.duckdb")
    (home / "segments.duckdb").symlink_to("elsewhere/segments.duckdb")
    quick_night(first_night / "customers.csv", home, force=True)
    assert all(path.is_file() and not path.is_symlink() for path in (home / "archive").iterdir())
    assert (home / "elsewhere" / "segments.duckdb").exists()


@pytest.fixture
def of_another_home(first_night, home, tmp_path):
    """A file of another home lies under the published name; its run, and what was published before."""
    before = (home / "segments.duckdb").read_bytes()
    run_id = quick_night(first_night / "customers.csv", tmp_path / "other").run_id
    write(home / "segments.duckdb", (tmp_path / "other" / "segments.duckdb").read_bytes())
    return run_id, before


def test_file_of_another_home_is_replaced(first_night, home, of_another_home):
    foreign, before = of_another_home
    assert (
        f"is that of run {foreign}, of which {home} knows nothing"
        in run_night(first_night / "customers.csv", home).message
    )
    assert (home / "segments.duckdb").read_bytes() == before
    assert not (home / "archive" / f"{foreign}.duckdb").exists()
    assert value(home, PUBLISHED_RUN) != foreign


def test_file_whose_record_is_lost_stays(first_night, home):
    before = (home / "segments.duckdb").read_bytes()
    last = quick_night(first_night / "customers.csv", home, force=True).run_id
    (home / "runs" / last / "manifest.json").write_text("damaged")
    run_id = quick_night(first_night / "customers.csv", home, force=True).run_id
    assert "the published file" not in first_note(home, run_id)
    assert (home / "archive" / f"{last}.duckdb").exists()
    assert (home / "segments.duckdb").read_bytes() != before


def test_directory_in_place_of_the_log(first_night, home):
    (home / "segments.duckdb.wal").mkdir()
    (home / "segments.duckdb.wal" / "note.txt").write_text("mine")
    run_id = quick_night(first_night / "customers.csv", home, force=True).run_id
    assert value(home, PUBLISHED_RUN) == run_id
    assert (home / "runs" / run_id / "segments.duckdb.wal" / "note.txt").read_text() == "mine"
    assert not (home / "segments.duckdb.wal").exists()


def test_permissions_of_linked_file_stay(first_night, home, tmp_path):
    elsewhere = (home / "segments.duckdb").rename(tmp_path / "shared.duckdb")
    elsewhere.chmod(0o644)
    (home / "segments.duckdb").symlink_to(elsewhere)
    quick_night(first_night / "customers.csv", home, force=True)
    assert elsewhere.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.unlink(), "is gone; segments doctor says what"),
        (cut, "cannot be opened"),
        (replace_by_foreign_database, "not .* segments"),
    ],
    ids=["gone", "cut", "foreign"],
)
def test_reading_says_what_happened(home, damage, said):
    damage(home / "segments.duckdb")
    for read in (lambda: answered(Home(home), "FROM segments"), lambda: report_file(Home(home), None)):
        with pytest.raises(SegmentsError, match=said):
            read()
