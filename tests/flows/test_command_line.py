"""The command line from outside: what is printed, where, and with which exit code."""

import csv
import io
import json
import os
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.nights import SEED_ROWS


@pytest.fixture(scope="module")
def night(started, sample, tmp_path_factory):
    """A published home and what the run that published it printed."""
    home = tmp_path_factory.mktemp("night")
    return home, started("run", sample, "--home", home)


def test_run_prints_all_that_it_found(night):
    home, done = night
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("strong: 4 clearly separate segments; use them. ")
    assert "customers.csv: 400 rows read, 398 customers, 2 rejected; k=4" in done.stdout
    for expected in (
        "Younger customers in Texas who buy diapers",
        "chosen: highest silhouette",
        "not_a_whole_number",
        f"{home}/segments.duckdb",
    ):
        assert expected in done.stdout


def test_piped_output_has_no_control_characters(night):
    assert "\x1b" not in night[1].stdout


def test_same_file_again_is_nothing_new(night, segments, sample):
    home, _ = night
    done = segments("run", sample, "--home", home, "--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["is_new"] is False
    assert told["message"].startswith("nothing new: ")


def test_json_holds_run_segments_and_curve(night, segments, sample):
    told = json.loads(segments("run", sample, "--home", night[0], "--json").stdout)
    assert told["run"]["status"] == "published"
    assert sum(row["customers"] for row in told["segments"]) == 398
    assert [row["k"] for row in told["k_scores"] if row["chosen"]] == [4]
    assert sum(row["n_rows"] for row in told["rejected"]) == 2


def test_query_is_csv_when_piped(night, started):
    done = started("query", "SELECT segment_id, name FROM segments ORDER BY 1", "--home", night[0])
    assert list(csv.reader(io.StringIO(done.stdout)))[:2] == [
        ["segment_id", "name"],
        ["1", "Younger customers in Texas who buy diapers"],
    ]


def test_rejects_are_a_csv_when_piped(night, started):
    done = started("rejects", "--home", night[0])
    lines = done.stdout.splitlines()
    assert lines[0] == "rejected_line,rejected_reason,Age,Location,Purchase History"
    assert len(lines) == 3
    assert lines[1].startswith("41,\"age 'abc' is not a whole number\",abc,")


def test_corrected_rejects_run_as_the_command_says(night, segments, sample, tmp_path):
    home, corrected = night[0], tmp_path / "corrected.csv"
    told = segments("rejects", "--home", home, "--csv", corrected).stdout.splitlines()
    assert told == [
        f"{corrected}: 2 rows of customers.csv",
        f"correct the rows, then: segments run {sample} {corrected} --home {home}",
    ]
    corrected.write_text(corrected.read_text().replace(",abc,", ",40,"))
    command = told[1].partition(": segments ")[2].split()
    done = segments(*command[:-1], tmp_path / "home")
    assert done.returncode == 0, done.stderr
    assert "customers.csv + corrected.csv: 402 rows read, 399 customers, 3 rejected; k=4" in done.stdout


def test_home_is_taken_from_the_environment(night, segments):
    assert (
        segments("query", "SELECT count(*) FROM customers", SEGMENTS_HOME=str(night[0])).stdout == "count_star()\n398\n"
    )


def test_explain_answers_in_words_and_json(night, started, segments):
    home, _ = night
    done = started("explain", "--home", home)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"(strong|weak|none): .*\nrun \S+: k=4", done.stdout)
    told = json.loads(segments("explain", "--home", home, "--json").stdout)
    assert [row["k"] for row in told["k_scores"] if row["is_chosen"]] == [4]
    assert {row["source_column"] for row in told["column_associations"]} == {"age", "location", "purchase_history"}


def test_unknown_encoding_is_named_with_the_choices(started, sample, tmp_path):
    done = started("run", sample, "--home", tmp_path / "home", "--encoding", "xyz")
    assert (done.returncode, done.stdout) == (2, "")
    choices = '"auto", "standard", "numbers", "mixed", "brackets", "single"'
    said = f'Invalid value "xyz" for --encoding. Choose from: {choices}.'
    assert done.stderr == f"segments: {said} (see: segments --help)\n"


def test_report_prints_a_path_that_exists(night, started):
    home, _ = night
    path = started("report", "--home", home).stdout.strip()
    assert (ROOT / path).is_file()


def test_runs_lists_refused_ones_with_their_reason(started, tmp_path):
    source = tmp_path / "customers.csv"
    source.write_text("Age,Location\n1,2\n")
    refused = started("run", source, "--home", tmp_path / "home")
    assert refused.returncode == 65
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1
    listed = started("runs", "--home", tmp_path / "home").stdout
    assert "refused" in listed
    assert "column 'purchase_history' is missing" in listed


def test_directory_as_source_takes_its_newest_file(segments, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "old.csv").write_text("Age\n")
    (inbox / "new.csv").write_text(SEED_ROWS)
    told = json.loads(segments("run", inbox, "--home", tmp_path / "home", "--json", "--k", "2").stdout)
    assert told["run"]["source_name"] == "new.csv"
    assert told["k_scores"][0]["reason"] == "asked for"


@pytest.mark.parametrize("command", [[], ["run"], ["query"], ["report"], ["runs"], ["explain"]])
def test_help_of_each_command_names_its_options(started, command):
    done = started(*command, "--help")
    assert done.returncode == 0
    assert "--home" in done.stdout or not command
    assert "Exit codes" in done.stdout or command


def modules_of(*arguments, prefect_home):
    """Return the modules that a command has imported at its end."""
    script = (
        "import sys\nfrom flows.cli.app import app\napp(sys.argv[1:], result_action='return_none')\nprint(*sys.modules)"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env={**environment, "PREFECT_HOME": str(prefect_home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


def test_run_without_server_imports_no_prefect(write, tmp_path):
    modules = modules_of("run", write(SEED_ROWS), "--home", tmp_path / "home", prefect_home=tmp_path)
    assert "sklearn" in modules
    assert "prefect" not in modules


@pytest.mark.parametrize("command", [[], ["run"]])
def test_help_imports_no_heavy_package(tmp_path, command):
    assert not {"pandas", "pandera", "duckdb", "sklearn", "prefect"} & modules_of(
        *command, "--help", prefect_home=tmp_path
    )
