"""A published file that is damaged is replaced by the next run, kept as evidence, and costs no good file."""

import json
import os
import random
import shutil

import duckdb
import pytest

from schemas.errors import SegmentsError, UsageError
from tests.nights import PUBLISHED_RUN, assert_invariants, quick_night, run_night, value
from warehouse.home.directory import Home
from warehouse.publishing import KEPT_IN_ARCHIVE
from warehouse.querying import query_published


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


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_next_run_replaces_a_damaged_file(first_night, home, damage):
    published = home / "segments.duckdb"
    for n in range(KEPT_IN_ARCHIVE):
        shutil.copyfile(published, home / "archive" / f"2020010{n:02d}T030000Z-abcdef.duckdb")
    archived = files_in(home / "archive")
    damage(published)
    evidence = files_in(published) if published.is_dir() else published.read_bytes()
    run_id = quick_night(first_night / "customers.csv", home).run_id
    assert_invariants(home)
    assert value(home, PUBLISHED_RUN) == run_id
    assert files_in(home / "archive") == archived
    kept = home / "runs" / run_id / "damaged.duckdb"
    assert (files_in(kept) if kept.is_dir() else kept.read_bytes()) == evidence
    (note, *_) = json.loads((kept.parent / "manifest.json").read_text())["notes"]
    assert note.startswith("the published file is damaged (")
    assert note.endswith(f"it is not compared with, and is kept as {kept} once this run has published")


def test_refused_run_keeps_the_damaged_file(home, tmp_path):
    flip_in("customers")(home / "segments.duckdb")
    damaged = (home / "segments.duckdb").read_bytes()
    (tmp_path / "empty.csv").touch()
    with pytest.raises(SegmentsError):
        quick_night(tmp_path / "empty.csv", home)
    assert (home / "segments.duckdb").read_bytes() == damaged


@pytest.mark.parametrize("damage", [None, flip_in("customers")], ids=["whole", "damaged"])
def test_file_without_hash_is_judged_by_reading(first_night, home, damage):
    (record,) = home.glob("runs/*/manifest.json")
    facts = json.loads(record.read_text())
    del facts["published_sha256"]
    record.write_text(json.dumps(facts))
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
        query_published(Home(home), "SELECT max(hash(rows)) FROM customers AS rows")
    assert not isinstance(raised.value, UsageError)


@pytest.mark.parametrize("replace", [replace_by_directory, replace_by_pipe])
def test_query_on_irregular_file_names_next_step(home, replace):
    replace(home / "segments.duckdb")
    with pytest.raises(SegmentsError, match="the next run replaces it"):
        query_published(Home(home), "SELECT 1")


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
    (archived,) = (home / "archive").iterdir()
    assert archived.is_file()
    assert not archived.is_symlink()


def test_truncated_published_file_forces_a_new_run(first_night, home):
    cut(home / "segments.duckdb")
    assert run_night(first_night / "customers.csv", home).is_new
    assert not run_night(first_night / "customers.csv", home).is_new
