"""A home whose published file is of an earlier version: replaced in words, archived whole, said what it is."""

import json
import shutil
from datetime import date, timedelta

import duckdb
import pytest

from schemas.errors import UsageError
from tests.nights import SEED_ROWS, answered, assert_invariants, rows, run_night, value
from warehouse.home.directory import Home
from warehouse.home.run import SOFTWARE_VERSION
from warehouse.integrity import sha256_of

#: What the version before published under other names.
EARLIER_NAMES = """
    UPDATE runs SET software_version = '0.1.0';
    ALTER TABLE k_scores RENAME eligible TO possible;
    ALTER TABLE segment_stats RENAME difference TO distance_from_all;
"""


@pytest.fixture
def earlier_home(first_night, tmp_path):
    """A home as the version before left it: other names in the tables, its bytes on record."""
    home = shutil.copytree(first_night / "home", tmp_path / "home")
    shutil.rmtree(home / "archive")  # it kept a file only once another one took its place
    published = home / "segments.duckdb"
    published.chmod(0o644)
    with duckdb.connect(str(published)) as database:
        database.execute(EARLIER_NAMES)
    amended(home)
    return home


def amended(home):
    """Put what the published file has become on record."""
    (path,) = home.glob("runs/*/manifest.json")
    manifest = json.loads(path.read_text()) | {
        "software_version": "0.1.0",
        "published_sha256": sha256_of(home / "segments.duckdb"),
        "fingerprint": "that of another version",
    }
    path.write_text(json.dumps(manifest))


def test_next_run_replaces_it_in_words(write, earlier_home):
    summary = run_night(write(SEED_ROWS), earlier_home, k=2)
    notes = json.loads((earlier_home / "runs" / summary.run_id / "manifest.json").read_text())["notes"]
    assert any("the published file is of version 0.1.0; this run archives it" in note for note in notes)
    assert value(earlier_home, "SELECT list(software_version ORDER BY started_at) FROM runs") == [
        "0.1.0",
        SOFTWARE_VERSION,
    ]
    assert_invariants(earlier_home)


def test_next_day_goes_on_from_it(write, earlier_home):
    run_night(write(SEED_ROWS), earlier_home, k=2, as_of=date.today() + timedelta(days=1))
    assert value(earlier_home, "SELECT count(DISTINCT run_id) FROM history.segment_stats") == 1
    known = "SELECT DISTINCT difference, mean IS NULL FROM history.segment_stats WHERE kind = 'numeric'"
    assert rows(earlier_home, known) == [(None, False)]
    assert_invariants(earlier_home)


def test_day_without_a_needed_column_is_left_out(write, earlier_home):
    published = earlier_home / "segments.duckdb"
    with duckdb.connect(str(published)) as database:
        database.execute("ALTER TABLE segment_stats RENAME support TO customers_with")
    amended(earlier_home)
    run_night(write(SEED_ROWS), earlier_home, k=2, as_of=date.today() + timedelta(days=1))
    assert value(earlier_home, "SELECT count(*) FROM history.segment_stats") == 0
    assert value(earlier_home, "SELECT count(*) FROM history.segments") > 0
    assert_invariants(earlier_home)


def test_its_archive_loses_nothing(write, earlier_home):
    published = (earlier_home / "segments.duckdb").read_bytes()
    run_night(write(SEED_ROWS), earlier_home, k=2)
    assert published in [kept.read_bytes() for kept in earlier_home.glob("archive/*.duckdb")]


def test_query_says_what_the_file_is(earlier_home):
    assert rows(earlier_home, "SELECT count(*) FROM customers")[0][0] > 0
    with pytest.raises(UsageError, match=r"published by version 0\.1\.0.*CHANGELOG\.md.*the next run replaces it"):
        answered(Home(earlier_home), "SELECT eligible FROM k_scores")


def test_failing_query_does_not_blame_the_version(first_night):
    with pytest.raises(UsageError) as raised:
        answered(Home(first_night / "home"), "SELECT nothing FROM k_scores")
    assert "version" not in str(raised.value)
