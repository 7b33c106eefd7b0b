"""An analyst's SQL reads the published file, and nothing else."""

import csv
import io
import re
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from flows.cli.query import query
from schemas.errors import UsageError
from tests.conftest import ROOT, aged
from tests.nights import SEED_ROWS, answered, run_night
from tests.threads import every_core
from warehouse.home.directory import Home
from warehouse.querying import queried


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with one published night, and the file that it was made of beside it."""
    folder = tmp_path_factory.mktemp("queried")
    (folder / "customers.csv").write_text(SEED_ROWS)
    aged(folder / "customers.csv")
    run_night(folder / "customers.csv", folder / "home")
    return Home(folder / "home")


ANSWERS = {
    "SELECT customers AS n, count(*) FROM segments GROUP BY ALL": (["n", "count_star()"], [(3, 2)]),
    "FROM customers SELECT age, purchase_history WHERE location = 'Illinois'": (
        ["age", "purchase_history"],
        [(30, ["apples", "juice"])],
    ),
    "SELECT age FROM customers WHERE age > 100": (["age"], []),
    "WITH a AS (SELECT 1 AS x)\nSELECT x, NULL AS y FROM a -- one line, two lines": (["x", "y"], [(1, None)]),
    "SELECT status FROM runs;": (["status"], [("published",)]),
    "SELECT 1 AS a; SELECT 2 AS b": (["b"], [(2,)]),
}


@pytest.mark.parametrize(("sql", "answer"), ANSWERS.items(), ids=ANSWERS)
def test_statement_is_answered_with_names_and_rows(home, sql, answer):
    assert answered(home, sql) == answer


def test_description_of_a_table_is_answered_too(home):
    names, found = answered(home, "DESCRIBE segments")
    assert names[:2] == ["column_name", "column_type"]
    assert ("segment_id", "BIGINT") in [row[:2] for row in found]


def test_query_of_now_has_a_time_zone(home):
    _, [(now,)] = answered(home, "SELECT now()")
    assert now.tzinfo is not None


#: Statement (FOLDER stands for a directory that can be written) -> what the refusal says.
REFUSED = {
    "COPY segments TO 'FOLDER/stolen.csv'": "file system operations are disabled",
    "COPY (SELECT 1) TO 'FOLDER/stolen.parquet'": "disabled",
    "COPY segments FROM 'FOLDER/customers.csv'": "disabled",
    "EXPORT DATABASE 'FOLDER/stolen'": "disabled",
    "ATTACH 'FOLDER/other.duckdb'": "disabled",
    "ATTACH ':memory:' AS mine": "read-only",
    "SELECT * FROM read_text('/etc/passwd')": "disabled",
    "SELECT * FROM read_blob('/etc/passwd')": "disabled",
    "SELECT * FROM glob('/etc/*')": "disabled",
    "SELECT * FROM read_csv('FOLDER/customers.csv')": "disabled",
    "SELECT * FROM 'FOLDER/customers.csv'": "disabled",
    "SELECT * FROM read_parquet('http://127.0.0.1:9/x')": "disabled",
    "INSTALL httpfs": "disabled",
    "LOAD httpfs": "disabled",
    "LOAD 'FOLDER/x.duckdb_extension'": "disabled",
    "SET threads = 1": "the configuration has been locked",
    "SET enable_external_access = true": "the configuration has been locked",
    "RESET enable_external_access": "the configuration has been locked",
    "PRAGMA memory_limit = '1GB'": "the configuration has been locked",
    "SET lock_configuration = false": "the configuration has been locked",
    "INSERT INTO segments SELECT * FROM segments": "read-only mode",
    "UPDATE segments SET name = 'mine'": "read-only mode",
    "DELETE FROM customers": "read-only mode",
    "DROP TABLE customers": "read-only mode",
    "CREATE TABLE mine (a INTEGER)": "read-only mode",
    "CREATE VIEW mine AS SELECT 1": "read-only mode",
    "ALTER TABLE segments RENAME TO mine": "read-only mode",
    "COMMENT ON TABLE segments IS 'mine'": "read-only mode",
    "DROP TABLE customers; SELECT 1": "read-only mode",
    "SELECT 1; SELECT * FROM read_text('/etc/passwd')": "disabled",
    "CREATE SECRET mine (TYPE s3)": "disabled",
}


@pytest.mark.parametrize(("sql", "said"), REFUSED.items(), ids=REFUSED)
def test_query_that_writes_or_reaches_out_fails(home, sql, said):
    folder = home.root.parent
    before, files = home.published_file.read_bytes(), sorted(folder.rglob("*"))
    with pytest.raises(UsageError) as raised:
        answered(home, sql.replace("FOLDER", str(folder)))
    message = str(raised.value)
    assert message.startswith("query: ")
    assert said in message
    assert len(message.splitlines()) == 1
    assert home.published_file.read_bytes() == before
    assert sorted(folder.rglob("*")) == files


def test_python_variable_is_not_a_table(home):
    frame = pd.DataFrame({"a": [1]})
    with pytest.raises(UsageError, match=r"^query: Catalog Error: Table with name frame does not exist"):
        answered(home, "SELECT * FROM frame")
    assert len(frame) == 1


#: What is not SQL, or not SQL about this file -> the start of what is said of it.
MISTAKES = {
    "SELEC 1": 'query: Parser Error: syntax error at or near "SELEC"',
    "SELECT\n nope\nFROM segments": 'query: Binder Error: Referenced column "nope" not found',
    "SELECT * FROM nowhere": "query: Catalog Error: Table with name nowhere does not exist",
    "SELECT $1": "query: Invalid Input Error: Values were not provided",
    "SELECT 'x'::INTEGER": "query: Conversion Error: Could not convert string 'x' to INT32",
    "SELECT error(E'one\\ntwo')": "query: Invalid Input Error: one two",
    "": "query: ",
    " \n ": "query: ",
    "-- only a remark": "query: ",
}


@pytest.mark.parametrize(("sql", "said"), MISTAKES.items(), ids=[repr(sql) for sql in MISTAKES])
def test_mistake_is_told_in_one_line(home, sql, said):
    with pytest.raises(UsageError) as raised:
        answered(home, sql)
    assert str(raised.value).startswith(said)
    assert len(str(raised.value).splitlines()) == 1


def test_query_before_first_publish_gives_advice(tmp_path):
    with pytest.raises(UsageError) as raised:
        answered(Home(tmp_path / "nowhere"), "SELECT 1")
    root = tmp_path / "nowhere"
    assert str(raised.value) == f"nothing is published in {root} yet; run: segments run SOURCE --home {root}"
    assert not root.exists()


def test_piped_answer_is_csv_that_reads_back(segments, home):
    sql = """SELECT 1 AS a, 'x,"y"' AS "b, c", NULL AS d, DATE '2027-01-31' AS e, 0.1::DOUBLE AS f, 'é\nü' AS g"""
    done = segments("query", sql, "--home", home.root)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(csv.reader(io.StringIO(done.stdout))) == [
        ["a", "b, c", "d", "e", "f", "g"],
        ["1", 'x,"y"', "", "2027-01-31", "0.1", "é\nü"],
    ]


@pytest.mark.parametrize("sql", ["SELEC 1", "COPY segments TO 'stolen.csv'", "DROP TABLE segments", ""])
def test_invalid_statement_exits_2_with_one_line(segments, home, sql):
    done = segments("query", sql, "--home", home.root)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("segments: query: ")
    assert len(done.stderr.splitlines()) == 1
    assert not (ROOT / "stolen.csv").exists()


def test_endless_answer_begins_at_once(home):
    with queried(home, "FROM range(1_000_000_000_000)") as (names, found):
        assert (names, [next(found), next(found)]) == (["range"], [(0,), (1,)])


def test_answer_that_breaks_off_is_said(segments, home):
    breaks = "SELECT CASE WHEN range < 2_900_000 THEN '1' ELSE 'x' END::INT AS n FROM range(3_000_000)"
    done = segments("query", breaks, "--home", home.root)
    assert done.returncode == 2
    assert done.stdout.startswith("n\n1\n1\n")
    assert done.stderr.endswith("; the answer is not complete\n")


def test_terminal_shows_the_first_rows(home, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    query("FROM range(1_000_000_000_000)", home=home.root)
    shown = capsys.readouterr().out
    assert "999 " in shown
    assert shown.endswith("these are the first 1,000 rows; for all of them, add | less or > rows.csv\n")


@pytest.mark.parametrize(
    "endless", ["SELECT sum(range) FROM range(1_000_000_000_000)", "FROM range(1_000_000_000_000) WHERE range < 0"]
)
def test_stopped_query_says_that_alone(home, serverless, endless):
    command = [sys.executable, "-m", "flows", "query", endless, "--home", str(home.root)]
    with every_core():
        process = subprocess.Popen(command, cwd=ROOT, env=serverless, stderr=subprocess.PIPE, text=True)
    while not re.search(r"libduckdb|_duckdb", Path(f"/proc/{process.pid}/maps").read_text()):
        time.sleep(0.05)
    time.sleep(1)
    process.terminate()
    assert (process.communicate(timeout=20)[1], process.returncode) == ("segments: stopped\n", 143)


def test_memory_that_is_no_number_is_told(segments, home):
    done = segments("query", "SELECT 1", "--home", home.root, SEGMENTS_MEMORY_MB="2GB")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "segments: SEGMENTS_MEMORY_MB=2GB should be a whole number of megabytes, such as 1000\n"


def test_closed_pipe_is_not_a_failure(home):
    command = f'"{sys.executable}" -m flows query "SELECT range FROM range(200000)" --home "{home.root}" | head -n 1'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "range\n", "")


def test_full_disk_is_said_in_one_line(home):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "flows", "query", "SELECT 1", "--home", str(home.root)],
            stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == (
        "segments: the output cannot be written (No space left on device); make room and try again\n"
    )
