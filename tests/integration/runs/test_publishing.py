"""The published file is swapped in whole: old readers keep theirs, old files are kept, every client opens it."""

import json
import shutil
import stat
import subprocess
import sys

import pytest

from schemas.published import PUBLISHED
from tests.nights import PUBLISHED_RUN, rows, rows_of, run_night, value


@pytest.fixture
def publish_again(first_night, home):
    """Publish one more night into the home, of two segments or as many as asked for, and return its run_id."""

    def publish(k=3):
        return run_night(first_night / "customers.csv", home, k=k, force=True).run_id

    return publish


def test_old_file_is_archived_under_its_run(home, publish_again):
    before, old_run = (home / "segments.duckdb").read_bytes(), value(home, PUBLISHED_RUN)
    new_run = publish_again()
    kept = home / "archive" / f"{old_run}.duckdb"
    assert {path.stem for path in (home / "archive").iterdir()} == {old_run, new_run}
    assert kept.read_bytes() == before
    assert rows_of(kept, PUBLISHED_RUN) == [(old_run,)]
    assert value(home, PUBLISHED_RUN) == new_run
    assert value(home, "SELECT count(*) FROM segments") == 3


READER = """
import sys, duckdb
database = duckdb.connect(sys.argv[1], read_only=True)
for _ in range(2):
    print(database.execute("SELECT max(run_id), (SELECT count(*) FROM segments) FROM runs").fetchall(), flush=True)
    sys.stdin.readline()
print(database.execute("SELECT count(*), sum(age) FROM customers").fetchall(), flush=True)
"""


def test_open_reader_keeps_reading_the_old_file(home, publish_again):
    command = [sys.executable, "-c", READER, str(home / "segments.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        first = reader.stdout.readline()
        publish_again()
        said, _ = reader.communicate("\n\n")
    assert reader.returncode == 0
    assert said.splitlines() == [first.strip(), "[(6, 225)]"]
    assert first.strip().endswith(", 2)]")


def test_earlier_file_keeps_its_bytes(home, publish_again):
    with (home / "segments.duckdb").open("rb") as earlier:
        before = earlier.read()
        publish_again()
        earlier.seek(0)
        assert earlier.read() == before


def test_published_file_is_complete_and_read_only(home):
    assert stat.S_IMODE((home / "segments.duckdb").stat().st_mode) == 0o400
    assert sorted(path.name for path in home.glob("segments*")) == ["segments.duckdb"]


def test_archive_has_a_file_of_its_own(home, publish_again):
    run_id = publish_again()
    kept, published = home / "archive" / f"{run_id}.duckdb", home / "segments.duckdb"
    assert kept.read_bytes() == published.read_bytes()
    assert kept.stat().st_ino != published.stat().st_ino


def test_published_file_uses_the_duckdb_1_format(home):
    header = (home / "segments.duckdb").read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64


def test_nothing_is_left_under_construction(home, publish_again):
    (home / "staging" / "earlier").mkdir()
    (home / "staging" / "earlier" / "work.duckdb").write_bytes(b"half a night")
    (home / "staging" / "note.txt").write_text("left by somebody")
    publish_again()
    assert list((home / "staging").iterdir()) == []
    assert not list(home.rglob("*.wal"))


def written_ahead(path):
    """Write into a DuckDB file and end without a checkpoint, as a client that is killed does; return the log."""
    script = """
import os, sys, duckdb
database = duckdb.connect(sys.argv[1])
database.execute("PRAGMA disable_checkpoint_on_shutdown")
database.execute("CREATE TABLE mine AS SELECT 1 AS a")
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    return path.with_name(f"{path.name}.wal").read_bytes()


def log_of_nobody(home):
    return b"no log at all" * 100


def empty_log(home):
    return b""


def log_of_a_killed_writer(home):
    copy = home / "staging" / "copy.duckdb"
    shutil.copyfile(home / "segments.duckdb", copy)
    return written_ahead(copy)


def log_of_another_file(home):
    return written_ahead(home / "staging" / "other.duckdb")


@pytest.mark.parametrize("log", [log_of_nobody, empty_log, log_of_a_killed_writer, log_of_another_file])
def test_stray_log_harms_neither_file(home, publish_again, log):
    old_run = value(home, PUBLISHED_RUN)
    (home / "segments.duckdb.wal").write_bytes(log(home))
    new_run = publish_again()
    assert not (home / "segments.duckdb.wal").exists()
    assert value(home, PUBLISHED_RUN) == new_run
    assert ("mine",) not in rows(home, "SELECT table_name FROM duckdb_tables()")
    assert rows_of(home / "archive" / f"{old_run}.duckdb", PUBLISHED_RUN) == [(old_run,)]


def test_only_the_newest_files_are_kept(home, publish_again):
    old_run = value(home, PUBLISHED_RUN)
    fabricated = [f"202001{day:02d}T030000Z-abcdef.duckdb" for day in range(1, 17)]
    for name in fabricated:
        shutil.copyfile(home / "segments.duckdb", home / "archive" / name)
    new_run = publish_again()
    kept = sorted(path.name for path in (home / "archive").iterdir())
    assert len(kept) == 14
    assert kept == [*fabricated[-12:], f"{old_run}.duckdb", f"{new_run}.duckdb"]


def test_archived_log_is_dropped_with_its_file(home, publish_again):
    for day in range(1, 17):
        name = home / "archive" / f"202001{day:02d}T030000Z-abcdef.duckdb"
        shutil.copyfile(home / "segments.duckdb", name)
        name.with_name(f"{name.name}.wal").write_bytes(b"kept with it")
    publish_again()
    files = {path.name for path in (home / "archive").iterdir()}
    assert {name for name in files if name.endswith(".wal") and name.removesuffix(".wal") not in files} == set()


def test_home_link_publishes_to_its_target(first_night, home, tmp_path):
    (tmp_path / "link").symlink_to(home)
    run_id = run_night(first_night / "customers.csv", tmp_path / "link", k=3).run_id
    assert value(home, PUBLISHED_RUN) == run_id
    assert (tmp_path / "link").is_symlink()


OLD_CLIENT = """
import json, sys, duckdb
database = duckdb.connect(sys.argv[1], read_only=True)
counts = {name: len(database.execute(f'SELECT * FROM "{name}"').fetchall()) for name in sys.argv[2:]}
comments = database.execute("SELECT count(comment) FROM duckdb_columns() WHERE NOT internal").fetchone()[0]
print(json.dumps([duckdb.__version__, counts, comments]))
"""


@pytest.fixture(scope="module")
def old_client(tmp_path_factory):
    """The Python of an environment with DuckDB 1.1.3, as an analyst or a BI driver may have it."""
    folder = tmp_path_factory.mktemp("old_client")
    python = folder / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True, timeout=60)
        subprocess.run([*install, "duckdb==1.1.3"], check=True, capture_output=True, text=True, timeout=120)
    except subprocess.SubprocessError as error:
        pytest.skip(f"DuckDB 1.1.3 cannot be installed here: {getattr(error, 'stderr', None) or error}")
    return python


@pytest.mark.slow
def test_duckdb_1_1_3_reads_every_table(first_night, old_client):
    home = first_night / "home"
    names = [*PUBLISHED, "segment_profile"]
    done = subprocess.run(
        [old_client, "-c", OLD_CLIENT, home / "segments.duckdb", *names], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    version, counts, comments = json.loads(done.stdout)
    assert version == "1.1.3"
    assert counts == {name: value(home, f"SELECT count(*) FROM {name}") for name in names}
    assert comments == value(home, "SELECT count(comment) FROM duckdb_columns() WHERE NOT internal")
