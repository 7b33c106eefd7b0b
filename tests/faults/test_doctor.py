"""segments doctor says what is wrong with a home, and changes nothing in it."""

import json
from datetime import timedelta

import pytest

from tasks.diagnose import diagnose
from tests.conftest import aged
from tests.nights import SEED_ROWS, run_night
from warehouse.home.directory import Home
from warehouse.home.lock import locked
from warehouse.home.run import Order, Run


def found(home, level, **options):
    return {one.about: one.words for one in diagnose(home, **options) if one.level == level}


def test_good_home_has_no_fault(home):
    assert found(home, "fault", max_age=timedelta(hours=26)) == found(home, "warning") == {}


def test_looking_changes_nothing(home):
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    diagnose(home)
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


def test_old_file_is_a_fault(home):
    assert "expected within" in found(home, "fault", max_age=timedelta(seconds=0))["age"]


def damage(home):
    (home / "segments.duckdb").unlink()
    (home / "segments.duckdb").write_bytes(b"damaged")


def remove(home):
    (home / "segments.duckdb").unlink()


def swap(home):
    earlier = (home / "segments.duckdb").read_bytes()
    run_night(aged(write_seed(home)), home, k=3)
    (home / "segments.duckdb").unlink()
    (home / "segments.duckdb").write_bytes(earlier)


def write_seed(home):
    path = home / "inbox" / "customers.csv"
    path.write_text(SEED_ROWS)
    return path


def test_kept_evidence_is_listed(home):
    (run,) = (home / "runs").iterdir()
    (run / "damaged.duckdb").write_bytes(b"damaged")
    assert found(home, "warning") == {
        "evidence": f"damaged, and kept to be looked at and deleted: {run}/damaged.duckdb"
    }


def test_age_below_zero_is_refused(segments, home):
    done = segments("doctor", "--home", home, "--max-age=-5h")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "segments: --max-age should be a time such as 26h or 3d, and not below zero\n"


@pytest.mark.parametrize(
    ("harm", "said"),
    [(damage, "is damaged"), (remove, "is gone; the next run puts that of"), (swap, "was published last")],
)
def test_harmed_file_is_a_fault(home, harm, said):
    harm(home)
    assert said in found(home, "fault")["published file"]


def test_damage_without_archive_begins_anew(home):
    damage(home)
    for path in (home / "archive").iterdir():
        path.unlink()
    assert "the next run begins anew" in found(home, "fault")["published file"]


def test_published_file_is_no_earlier_one(home):
    assert found(home, "ok")["archive"].startswith("0 earlier files to go back to")


def test_missing_home_is_a_fault(tmp_path):
    assert "segments run SOURCE" in found(tmp_path / "nowhere", "fault")["home"]


def test_damaged_archive_is_a_warning(home):
    (kept,) = (home / "archive").iterdir()
    kept.unlink()
    kept.write_bytes(b"damaged")
    assert kept.name in found(home, "warning")["archive"]


def test_left_log_is_a_warning(home):
    (home / "segments.duckdb.wal").write_bytes(b"log")
    assert "another program wrote into" in found(home, "warning")["published file"]


def test_file_that_everybody_reads_is_a_warning(home):
    (home / "segments.duckdb").chmod(0o444)
    assert "everybody on this machine can read" in found(home, "warning")["published file"]


def test_schema_that_others_write_is_a_fault(home, tmp_path):
    schema = tmp_path / "shop.py"
    schema.write_text("from schemas.customers import Customers\n")
    (record,) = home.glob("runs/*/manifest.json")
    record.write_text(json.dumps(json.loads(record.read_text()) | {"dataset": str(schema)}))
    assert "schema" not in found(home, "fault")
    schema.chmod(0o666)
    assert "is not to be run" in found(home, "fault")["schema"]


def test_refused_run_is_a_warning(home):
    (record,) = home.glob("runs/*/manifest.json")
    later = home / "runs" / "29990101T000000Z-abcdef" / "manifest.json"
    later.parent.mkdir()
    facts = {"run_id": later.parent.name, "status": "refused", "started_at": "2999-01-01", "message": "too few rows"}
    later.write_text(json.dumps(json.loads(record.read_text()) | facts))
    assert "refused: too few rows" in found(home, "warning")["last run"]


def test_run_under_way_is_named(home):
    with locked(Run.begin(Order("x.csv", home=str(home)))):
        assert "a run is under way (pid " in found(home, "ok")["lock"]


def test_room_for_the_next_run_is_told(home, monkeypatch):
    assert "MB free" in found(home, "ok")["room"]
    (record,) = home.glob("runs/*/manifest.json")
    facts = json.loads(record.read_text())
    facts["steps"][0]["source_bytes"] = 10**18
    record.write_text(json.dumps(facts))
    assert "needs at least" in found(home, "fault")["room"]


def test_command_fails_where_something_is_to_mend(segments, home):
    assert segments("doctor", "--home", home, "--max-age", "26h").returncode == 0
    remove(home)
    done = segments("doctor", "--home", home)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "segments: 1 to mend: published file: " in done.stderr
    assert "is gone" in done.stderr
    assert Home(home).runs.is_dir()
