"""The documents tell the truth: their commands and queries run as written, and what they print is what they show."""

import dataclasses
import inspect
import itertools
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.error
from pathlib import Path

import pytest

from flows.server import free_port, scheduled_runs
from schemas.fields import category, flag, identifier, ignored, items, numeric
from schemas.file_settings import GIBIBYTE, FileSettings
from schemas.published import PUBLISHED, VIEWS
from schemas.reject_codes import REJECT_CODES
from tests.conftest import ROOT
from tests.nights import rows, run_night

README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()
FILES = (ROOT / "docs" / "customers-files.md").read_text()
SECURITY = (ROOT / "SECURITY.md").read_text()
BIN = Path(sys.executable).parent

#: What makes the password of the server, which a test must know.
PASSWORD = "head -c 18 /dev/urandom | base64"


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def commands(block):
    return [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def sample_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("docs") / "data"
    run_night(ROOT / "samples" / "customers.csv", home)
    return home


def test_module_is_short_enough_to_be_read():
    packages = (ROOT / package for package in ("flows", "tasks", "schemas", "warehouse"))
    modules = (path for package in packages for path in package.rglob("*.py"))
    assert [path for path in modules if len(path.read_text().splitlines()) > 400] == []


@pytest.mark.parametrize(("text", "lines"), [(README, 150), (ARCHITECTURE, 120)], ids=["README", "ARCHITECTURE"])
def test_document_is_short_enough_to_be_read(text, lines):
    assert len(text.splitlines()) <= lines


@pytest.mark.parametrize("query", blocks("sql"))
def test_readme_queries_return_rows(sample_home, query):
    assert rows(sample_home, query)


def test_readme_names_every_published_table(sample_home):
    names = {row[0] for row in rows(sample_home, "SELECT table_name FROM information_schema.tables")}
    assert names == {*PUBLISHED, *VIEWS, "segment_profile"}
    assert all(f"`{name}`" in README for name in names)


def test_schema_of_the_readme_segments_a_mall(tmp_path, home):
    (block,) = blocks("python")
    schema = tmp_path / "mall.py"
    schema.write_text(block)
    source = tmp_path / "mall.csv"
    lines = [f"{n},{'Male' if n % 3 else 'Female'},{18 + n % 50},{15 + n % 7 if n % 9 else ''}" for n in range(90)]
    source.write_text("CustomerID,Gender,Age,Annual Income (k$)\n" + "\n".join(lines) + "\n")
    run_night(source, home, dataset=str(schema))
    assert rows(home, "SELECT rows_loaded FROM runs") == [(90,)]


def test_make_run_prints_what_the_readme_shows(tmp_path):
    shown = blocks("console")[0].split("$ make run\n")[1].split("$ make test\n")[0]
    done = subprocess.run(
        [sys.executable, "-m", "flows", "run", "samples/customers.csv", "--home", tmp_path / "data"],
        cwd=ROOT,
        env={**os.environ, "PREFECT_HOME": str(tmp_path / "prefect")},
        capture_output=True,
        text=True,
        check=True,
    )
    printed = done.stdout.replace(f"{tmp_path}/", "").replace(" --home data", "")
    assert masked(printed) == masked(shown)


def masked(text):
    """Leave out what differs from run to run, and how the program was called."""
    text = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{6}", "RUN", text)
    return re.sub(r"^try     .* query", "try     segments query", text, flags=re.MULTILINE).strip()


@pytest.mark.prefect
@pytest.mark.slow
def test_readme_scheduling_commands_work_as_written(tmp_path):
    written = next(block for block in blocks("console") if "work-pool create" in block)
    port, home = free_port(), tmp_path / "home"
    script = "\n".join(commands(written)).replace(".venv/bin/", f"{shlex.quote(str(BIN))}/")
    # Another port and home, so that nothing of this machine's is touched; otherwise as written.
    script = script.replace("--host 127.0.0.1", f"--host 127.0.0.1 --port {port}").replace(":4200/", f":{port}/")
    script = script.replace("--watch", f"--param home={home} --watch").replace(f"$({PASSWORD})", "secret")
    allowed = {"SEGMENTS_ALLOWED_PATHS": str(tmp_path), "PREFECT_HOME": str(tmp_path / "prefect"), "COLUMNS": "160"}
    log = tmp_path / "said"
    with log.open("w") as said:
        terminal = subprocess.Popen(
            ["bash", "-c", script],
            cwd=ROOT,
            env={**os.environ, **allowed},
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            assert terminal.wait(timeout=240) == 0, log.read_text()[-3000:]
            due = scheduled_runs(port, "segments:secret")
            with pytest.raises(urllib.error.HTTPError, match="401"):
                scheduled_runs(port)
        finally:
            # Server and worker, which go on in the background as they do in a terminal.
            os.killpg(terminal.pid, signal.SIGKILL)
    assert rows(home, "SELECT rows_loaded, status FROM runs") == [(3000, "published")]
    assert log.read_text().count("SCHEDULED") == len(due) == 3
    assert {f"{moment:%H:%M}" for moment in due} == {"02:30"}
    assert [(later - earlier).days for earlier, later in itertools.pairwise(due)] == [1, 1]


def test_make_targets_of_the_readme_exist():
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in set(re.findall(r"make (\w+)", README)):
        assert f"make {target} " in listed


def test_every_file_that_the_architecture_names_exists():
    named = set(re.findall(r"`((?:flows|tasks|schemas|warehouse|tests)/[\w/]*(?:\.py)?)`", ARCHITECTURE))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_statements_state_their_grain_on_line_one():
    statements = sorted((ROOT / "warehouse" / "sql").rglob("*.sql"))
    assert [path.name for path in statements if not re.match(r"-- \S.*\n", path.read_text())] == []


def table(document, heading):
    """The rows of the first table under a heading, without marks of code."""
    lines = document.split(f"\n## {heading}\n")[1].split("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| `")]
    return {name.strip("`"): cells for name, *cells in rows}


def test_every_setting_of_the_environment_is_documented():
    """The one of memory where a file is refused for it, the others with what they protect."""
    code = "".join(
        path.read_text() for name in ("flows", "tasks", "warehouse", "schemas") for path in (ROOT / name).rglob("*.py")
    )
    named = set(re.findall(r"\"(SEGMENTS_\w+)\"", code)) - {"SEGMENTS_HOME"}
    assert {name for name in named if f"`{name}`" not in SECURITY + FILES} == set()
    assert named


def test_dataset_settings_are_documented_with_defaults():
    told = {name: cells[0].strip("`") for name, cells in table(FILES, "Settings of a dataset").items()}
    defaults = {one.name: one.default for one in dataclasses.fields(FileSettings)}
    words = {name: f'"{value}"' if isinstance(value, str) else str(value) for name, value in defaults.items()}
    assert told == {**words, "max_unpacked_bytes": f"{defaults['max_unpacked_bytes'] // GIBIBYTE} GiB"}


def test_column_kinds_are_documented_with_arguments():
    kinds = [identifier, numeric, category, flag, items, ignored]
    told = table(FILES, "Kinds of column")
    assert list(told) == [kind.__name__ for kind in kinds]
    for kind in kinds:
        own = [name for name, one in inspect.signature(kind).parameters.items() if one.kind is one.KEYWORD_ONLY]
        assert re.findall(r"`([a-z_]+)`", told[kind.__name__][0]) == own


def test_rejection_codes_are_all_documented():
    assert {code: cells[0] for code, cells in table(FILES, "Codes of rejected rows").items()} == REJECT_CODES
