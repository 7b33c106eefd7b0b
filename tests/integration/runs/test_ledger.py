"""The ledger of runs is true whatever happens: killed, stopped, refused, or nothing to do."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.errors import DataRefused
from tests.conftest import ROOT
from tests.nights import SEED_ROWS, assert_invariants, rows, run_night, value

STEPS = [
    "deliver", "ingest", "check_volume", "validate", "compare_nights", "encode", "cluster", "describe",
    "track_segments", "report", "audit", "publish",
]  # fmt: skip
RUNS = "SELECT run_id, status, message, finished_at IS NULL FROM runs ORDER BY started_at"


def record(home, run_id):
    return json.loads((home / "runs" / run_id / "manifest.json").read_text())


def run_ids(home):
    return sorted(path.name for path in (home / "runs").iterdir())


NIGHT = "import sys; from tests.nights import run_night; run_night(*sys.argv[1:], k_max=20)"

#: A night whose one statement takes seconds, so that a signal is sure to come while DuckDB is at work.
STATEMENT = """
import sys
from tasks.run.lifecycle import begin_night
from warehouse.connection import staging
from warehouse.home.run import Order
with begin_night(Order(sys.argv[1], home=sys.argv[2])) as run, staging(run) as database:
    (run.staging / "asked").touch()
    database.execute("SELECT sum(hash(range)) FROM range(1500000000)")
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file whose night takes long enough to be met in the middle of it."""
    path = tmp_path_factory.mktemp("large") / "customers.csv"
    places = ("Ohio", "Texas", "Iowa", "Utah")
    lines = [f"{18 + n * 7919 % 70},{places[n % 4]},p{n % 13}, q{n % 11}" for n in range(20_000)]
    path.write_text("\n".join(["Age,Location,Purchase History", *lines, ""]))
    return path


def is_reading(home, run_id):
    return (home / "staging" / run_id / "work.duckdb").exists()


def is_in_a_statement(home, run_id):
    return (home / "staging" / run_id / "asked").exists()


def is_fitting(home, run_id):
    return (home / "runs" / run_id / "manifest.json").exists() and len(record(home, run_id)["steps"]) == 4


def as_in_the_foreground():
    """Let SIGINT through, which a shell has ignored in what it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def night_under_way(home, large):
    """Start a night in another process and return it and its run_id once it is as far as is asked for."""
    earlier = set(run_ids(home))
    started = []

    def start(is_there):
        script = STATEMENT if is_there is is_in_a_statement else NIGHT
        command = [sys.executable, "-c", script, str(large), str(home)]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=as_in_the_foreground,
        )
        started.append(process)
        while not any(is_there(home, run_id) for run_id in set(run_ids(home)) - earlier):
            assert process.poll() is None, "it ended before it was met"
            time.sleep(0.01)
        (run_id,) = set(run_ids(home)) - earlier
        return process, run_id

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_next_run_records_killed_one_as_interrupted(home, source, night_under_way):
    process, killed = night_under_way(is_reading)
    published = (home / "segments.duckdb").read_bytes()
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert (home / "segments.duckdb").read_bytes() == published
    assert record(home, killed)["status"] == "under way"
    new = run_night(source, home, seed=5).run_id
    assert [row for row in rows(home, RUNS) if row[0] == killed] == [
        (killed, "interrupted", "the run was killed before it could end", True)
    ]
    assert rows(home, RUNS)[-1][:2] == (new, "published")
    assert record(home, killed)["status"] == "interrupted"
    assert list((home / "staging").iterdir()) == []
    assert_invariants(home)


#: After a KeyboardInterrupt Python ends by the signal itself; a shell shows 130.
STOPS = {
    "SIGTERM in a statement": (is_in_a_statement, signal.SIGTERM, 143),
    "SIGINT in a statement": (is_in_a_statement, signal.SIGINT, -signal.SIGINT),
    "SIGHUP in a statement": (is_in_a_statement, signal.SIGHUP, 129),
    "SIGTERM in a fit": (is_fitting, signal.SIGTERM, 143),
}


@pytest.mark.parametrize(("is_there", "number", "exit_code"), STOPS.values(), ids=STOPS)
def test_night_told_to_stop_says_so_itself(home, night_under_way, is_there, number, exit_code):
    process, stopped = night_under_way(is_there)
    published = (home / "segments.duckdb").read_bytes()
    time.sleep(0.3)
    process.send_signal(number)
    assert process.wait(timeout=60) == exit_code
    assert (home / "segments.duckdb").read_bytes() == published
    found = record(home, stopped)
    assert (found["status"], found["message"]) == ("interrupted", "the run was stopped")
    assert found["finished_at"] is not None


def test_run_killed_after_swap_counts_as_published(home, source):
    swapped = value(home, "SELECT run_id FROM runs")
    path = home / "runs" / swapped / "manifest.json"
    path.write_text(json.dumps({**record(home, swapped), "status": "under way", "finished_at": None}))
    run_night(source, home, seed=5)
    assert rows(home, RUNS)[0][:3] == (swapped, "published", "published, and killed right after")


def test_rerun_of_same_file_leaves_no_trace(home, source):
    before, known = (home / "segments.duckdb").stat(), run_ids(home)
    summary = run_night(source, home)
    assert (summary.is_new, summary.run_id) == (False, known[0])
    assert summary.message.startswith(f"nothing new: {source} is already published")
    after = (home / "segments.duckdb").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert run_ids(home) == known
    assert list((home / "staging").iterdir()) == []
    assert [path.stem for path in (home / "archive").iterdir()] == known


def test_stray_log_does_not_force_a_run(home, source):
    (home / "segments.duckdb.wal").write_bytes(b"no log at all")
    assert not run_night(source, home).is_new
    assert not (home / "segments.duckdb.wal").exists()


def test_renamed_file_is_nothing_new(home, write):
    assert not run_night(write(SEED_ROWS, "tonight.csv"), home).is_new


@pytest.mark.parametrize(
    "order",
    [
        {"force": True},
        {"seed": 1},
        {"k": 3},
        {"k_max": 4},
        {"k_min": 3},
        {"as_of": date.today() + timedelta(days=1)},
        {"encoding": "standard"},
    ],
    ids=str,
)
def test_forced_or_changed_settings_run_again(home, source, order):
    summary = run_night(source, home, **order)
    assert summary.is_new
    assert len(run_ids(home)) == 2
    assert value(home, "SELECT arg_max(run_id, started_at) FROM runs") == summary.run_id


def test_changed_dataset_runs_the_file_again(home, source, write):
    text = (ROOT / "schemas" / "customers.py").read_text()
    schema = write(text, "shop.py")
    assert not run_night(source, home, dataset=str(schema)).is_new
    schema.write_text(text.replace("le=120", "le=110"))
    assert run_night(source, home, dataset=str(schema)).is_new


def test_one_more_row_is_another_file(home, write):
    assert run_night(write(f"{SEED_ROWS}60,Ohio,apples\n"), home).is_new


def test_night_before_last_is_new_again(home, source, write):
    run_night(write(f"{SEED_ROWS}60,Ohio,apples\n"), home)
    assert run_night(source, home).is_new
    assert value(home, "SELECT count(*) FROM customers") == 6


def test_refused_runs_appear_after_next_publish(home, source, write):
    with pytest.raises(DataRefused) as raised:
        run_night(write("Age,Location\n30,Ohio\n"), home)
    assert value(home, "SELECT count(*) FROM runs") == 1
    run_night(source, home, seed=5)
    (refused,) = rows(home, "SELECT message, rows_loaded, n_clusters, verdict FROM runs WHERE status = 'refused'")
    assert refused == (str(raised.value), None, None, None)
    assert value(home, "SELECT source_sha256 IS NOT NULL FROM runs WHERE status = 'refused'")


def test_record_holds_every_step_with_its_seconds(home):
    (run_id,) = run_ids(home)
    found = record(home, run_id)
    assert [step["step"] for step in found["steps"]] == STEPS
    assert all(step["seconds"] >= 0 for step in found["steps"])
    took = datetime.fromisoformat(found["finished_at"]) - datetime.fromisoformat(found["started_at"])
    assert sum(step["seconds"] for step in found["steps"]) <= took.total_seconds() + 0.1


def test_refused_run_records_the_steps_it_reached(home, write):
    with pytest.raises(DataRefused):
        run_night(write("Age,Location\n30,Ohio\n"), home)
    assert [step["step"] for step in record(home, run_ids(home)[-1])["steps"]] == ["deliver"]


def test_table_says_what_the_record_says(home):
    names = "run_id, dataset, status, source_name, source_sha256, rows_read, rows_loaded, rows_rejected, n_clusters"
    names += ", silhouette, objective, seed, verdict, message, software_version"
    (row,) = rows(home, f"SELECT {names} FROM runs")
    found = record(home, row[0])
    assert row == tuple(found[name] for name in names.split(", "))
    started, finished = rows(home, "SELECT started_at, finished_at FROM runs")[0]
    assert started == datetime.fromisoformat(found["started_at"]).astimezone(UTC).replace(tzinfo=None)
    assert started < finished


#: What a record that cannot be read holds, and whether it is the published run's.
UNREADABLE = {
    "cut short, of the published run": (b'{"run_id": ', True),
    "no facts, of the published run": (b"{}", True),
    "empty": (b"", False),
    "not text": (b"\xff\xfe\x00", False),
    "no facts": (b"{}", False),
    "a list": (b"[]", False),
}


@pytest.mark.parametrize(("content", "is_published"), UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_record_does_not_block_publishing(home, source, content, is_published):
    run_id = run_ids(home)[0] if is_published else "20200101T030000Z-abcdef"
    (home / "runs" / run_id).mkdir(exist_ok=True)
    (home / "runs" / run_id / "manifest.json").write_bytes(content)
    assert run_night(source, home, seed=5).is_new
    assert_invariants(home)


def test_foreign_directory_among_runs_is_untouched(home, source):
    (home / "runs" / "notes").mkdir()
    (home / "runs" / "notes" / "todo.txt").write_text("mine")
    run_night(source, home, seed=5)
    assert (home / "runs" / "notes" / "todo.txt").read_text() == "mine"
    assert os.listdir(home / "runs" / "notes") == ["todo.txt"]
