"""Seconds and peak memory of every step: in the log, in the record of the run, and in the table runs."""

import json
import logging
import re

import pytest

from flows.cli.runs import print_runs
from schemas.errors import DataRefused
from tests.nights import assert_invariants, rows, run_night, value
from warehouse.home.directory import Home
from warehouse.home.ledger import read_manifests

BEFORE_THE_AUDIT = [
    "deliver",
    "ingest",
    "check_volume",
    "validate",
    "compare_nights",
    "encode",
    "cluster",
    "describe",
    "track_segments",
    "report",
]
BY_STEP = "SELECT seconds_by_step, peak_mb_by_step FROM runs ORDER BY started_at"


def records(home):
    return {path.parent.name: json.loads(path.read_text()) for path in sorted((home / "runs").glob("*/manifest.json"))}


def rewrite(home, run_id, **facts):
    path = home / "runs" / run_id / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


def test_table_matches_manifest_steps_before_audit(home):
    (record,) = records(home).values()
    (by_step,) = rows(home, BY_STEP)
    for found, fact in zip(by_step, ("seconds", "peak_mb"), strict=True):
        assert list(found) == BEFORE_THE_AUDIT
        assert found == {step["step"]: step[fact] for step in record["steps"][: len(found)]}
    assert [step["step"] for step in record["steps"][len(BEFORE_THE_AUDIT) :]] == ["audit", "publish"]
    assert all(step["peak_mb"] > 50 for step in record["steps"])


def test_step_seconds_are_looked_up_by_name(home):
    assert value(home, "SELECT seconds_by_step['cluster'] FROM runs") > 0
    assert value(home, "SELECT seconds_by_step['lunch'] FROM runs") is None


def test_earlier_and_refused_runs_keep_their_steps(home, source, write):
    with pytest.raises(DataRefused):
        run_night(write("Age,Location\n30,Ohio\n"), home)
    run_night(source, home, seed=5)
    seconds, peaks = zip(*rows(home, BY_STEP), strict=True)
    every = [[*BEFORE_THE_AUDIT, "audit", "publish"], ["deliver"], BEFORE_THE_AUDIT]
    assert [list(found) for found in seconds] == [list(found) for found in peaks] == every
    assert_invariants(home)


def test_run_that_took_no_step_has_none(home, source, write):
    (run_id,) = records(home)
    for steps in ({"steps": []}, {"steps": None}):
        rewrite(home, run_id, **steps)
        run_night(source, home, force=True)
        assert rows(home, BY_STEP)[0] == (None, None)


def test_older_record_has_seconds_without_peak_memory(home, source):
    ((run_id, record),) = records(home).items()
    earlier = [{name: fact for name, fact in step.items() if name != "peak_mb"} for step in record["steps"]]
    rewrite(home, run_id, steps=earlier)
    run_night(source, home, seed=5)
    seconds, peaks = rows(home, BY_STEP)[0]
    assert list(seconds) == [*BEFORE_THE_AUDIT, "audit", "publish"]
    assert peaks is None
    assert list(rows(home, BY_STEP)[1][1]) == BEFORE_THE_AUDIT


def test_log_lists_seconds_and_memory_per_step(home, source, caplog):
    caplog.set_level(logging.INFO, "tasks")
    run_night(source, home, seed=5)
    lines = [line for line in caplog.messages if " seconds=" in line]
    assert [line.split()[0].removeprefix("step=") for line in lines] == [*BEFORE_THE_AUDIT, "audit", "publish"]
    assert all(re.match(r"step=\w+ seconds=\d+\.\d\d peak_mb=\d+ \w+=", line) for line in lines)
    assert "rows_loaded=6 rows_rejected=0" in lines[3]


def test_run_list_shows_seconds_and_peak_memory(home, capsys):
    ((run_id, record),) = records(home).items()
    rewrite(
        home, run_id, steps=[{**step, "seconds": 500, "peak_mb": 400 + n} for n, step in enumerate(record["steps"])]
    )
    print_runs(read_manifests(Home(home)))
    heading, row = capsys.readouterr().out.splitlines()[1:3]
    assert re.split(r"  +", heading.strip())[-3:-1] == ["seconds", "peak MB"]
    assert re.split(r"  +", row.strip())[-3:-1] == ["6,000.0", "411"]


@pytest.mark.parametrize(("width", "n_columns"), [(80, 8), (140, 10)])
def test_narrow_terminal_drops_run_list_columns(home, capsys, monkeypatch, width, n_columns):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", "1")
    print_runs(read_manifests(Home(home)))
    printed = capsys.readouterr().out
    assert printed.count("╇") + 1 == n_columns
