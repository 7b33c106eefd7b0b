"""Texts made to hurt: exact in the tables, escaped on a terminal, marked in an export, no markup in a report."""

import csv
import json
import os
import pty
import re
import subprocess
import sys

import pytest

from schemas.spreadsheet import FORMULA, NUMBER
from tests.conftest import ROOT, aged
from tests.nights import rows

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, identifier, ignored, numeric

class Naughty(Dataset, max_rejected_share=1, settle_seconds=0, encoding="utf-8", quote='"'):
    customer_id: Series[str] = identifier()
    age: Series[int] = numeric(ge=0, le=120)
    kind: Series[str] = category(case_sensitive=True)
    note: Series[str] = ignored(nullable=True)
"""

ESCAPES = [
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07",
    "\x9b2J",
    "a\u202eb\u202c",
    "\u2066x\u2069",
    "\u061c\u200e\u200f",
    "\x7f\x08",
]

#: Line ends within a value, and what no reader keeps.
_LEFT_OUT = re.compile("[\0\r\n\v\f\x1c-\x1e\x85\u2028\u2029\ufffd\ufeff]")

#: What a terminal must not get of others' texts.
ACTING = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

COMMANDS = {
    "query": ["query", "SELECT * FROM customers"],
    "wide query": ["query", "SELECT *, * FROM customers CROSS JOIN (SELECT 1 a, 2 b, 3 c)"],
    "headers": ["query", 'SELECT 1 AS "\x1b[2J\u202e"'],
    "rejects": ["rejects"],
    "explain": ["explain"],
    "names": ["name"],
    "audience": ["audience", "1", "--columns", "note"],
    "runs": ["runs"],
    "json": ["runs", "--json"],
    "audiences": ["freeze", "--list"],
    "error": ["query", "--name", "\x1b[2J\u202e"],
    "no file": ["run", "\x1b[2J\u202e.csv"],
}


@pytest.fixture(scope="module")
def texts(data):
    folder = data / "badcsv"
    if not (folder / "naughty").is_dir():
        pytest.skip(f"no naughty strings in {folder}")
    strings = json.loads((folder / "naughty" / "blns.json").read_text(encoding="utf-8"))
    formulas = (folder / "csv-injection" / "csv-payload.txt").read_text(encoding="utf-8").splitlines()
    found = [f"x{text}y" for text in strings] + formulas + [f"x{text}y" for text in ESCAPES]
    return [text for text in dict.fromkeys(found) if text and not _LEFT_OUT.search(text)]


@pytest.fixture(scope="module")
def folder(texts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "naughty.py").write_text(SCHEMA)
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["customer_id", "age", "kind", "note"])
        for number, text in enumerate(texts):
            writer.writerow([f"K{number}", 20 + number % 50, ESCAPES[number % 3], text])
        writer.writerow(["bad\x1b[2J\u202e", "\x1b[31m\u202eold", "x", "x"])
    aged(folder / "customers.csv")
    code, _ = on_terminal(folder, "run", folder / "customers.csv", "--dataset", folder / "naughty.py", "--k", "2")
    assert code == 0
    on_terminal(folder, "freeze", "hostile", "--segment", "1")
    return folder


def on_terminal(folder, *arguments):
    """Run a command with a plain terminal as its output and error output; return its exit code and what it got."""
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "flows", *map(str, arguments)],
        cwd=ROOT,
        env={**kept, "TERM": "dumb", "COLUMNS": "100", "SEGMENTS_HOME": str(folder / "home"), "PREFECT_API_URL": ""},
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    got = b""
    try:
        while block := os.read(ours, 65536):
            got += block
    except OSError:  # Linux tells the end so
        os.close(ours)
    return process.wait(), got.decode()


def piped(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "flows", *map(str, arguments), "--home", str(folder / "home")],
        cwd=ROOT,
        env={**os.environ, "PREFECT_API_URL": ""},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def test_tables_hold_every_text_exactly(folder, texts):
    found = dict(rows(folder / "home", "SELECT customer_id, note FROM customers"))
    assert found == {f"K{number}": text for number, text in enumerate(texts)}


@pytest.mark.parametrize("command", COMMANDS)
def test_terminal_gets_nothing_that_acts(folder, command):
    code, got = on_terminal(folder, *COMMANDS[command])
    assert code == (2 if command in ("error", "no file") else 0), got
    assert got
    assert ACTING.findall(got) == []


def test_run_shows_nothing_that_acts(folder):
    code, got = on_terminal(
        folder, "run", folder / "customers.csv", "--dataset", folder / "naughty.py", "--k", "2", "--force"
    )
    assert code == 0
    assert r"\x1b[31m\u202eold" in got
    assert ACTING.findall(got) == []


def test_piped_texts_are_exact_but_for_formulas(folder, texts):
    lines = csv.reader(piped(folder, "query", "SELECT customer_id, note FROM customers").splitlines())
    found = dict(list(lines)[1:])
    for number, text in enumerate(texts):
        is_formula = re.match(FORMULA, text) and not re.fullmatch(NUMBER, text)
        assert found[f"K{number}"] == (f"'{text}" if is_formula else text)


def test_exported_formulas_are_all_marked(folder, tmp_path):
    piped(folder, "export", tmp_path / "out", "--format", "csv")
    for path in (tmp_path / "out").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for line in csv.reader(file) for cell in line]
        # Numbers of ours may have an exponent.
        assert [
            one for one in cells if one[:1] in tuple("=+-@\t\r") and not re.fullmatch(f"{NUMBER}(e-\\d+)?", one)
        ] == []


def test_report_has_no_character_that_acts(folder):
    (page, *_) = (folder / "home" / "runs").glob("*/report.html")
    assert ACTING.findall(page.read_text(encoding="utf-8")) == []


def test_names_that_runs_make_are_short(folder):
    paths = list((folder / "home").rglob("*"))
    assert max(len(path.name) for path in paths) <= 80
    assert not any(ACTING.search(path.name) for path in paths)
    assert max(len(name) for (name,) in rows(folder / "home", "SELECT name FROM segments")) <= 200
