"""The deployment on a real server: scheduled, run by a real worker, the same tables as the command line's."""

import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from flows.server import answers, api_url, ask, free_port
from flows.trial import command
from schemas.encodings import ENCODINGS
from schemas.errors import SegmentsError
from tests.conftest import ROOT, aged
from tests.nights import SEED_ROWS, assert_invariants, quick_night, rows
from warehouse.home.directory import Home
from warehouse.home.lock import locked
from warehouse.home.run import Order, Run

DEPLOYMENT = "segment-customers/nightly"

#: The filter that finds it alone.
_NIGHTLY = {"deployments": {"name": {"any_": ["nightly"]}}}

#: States of a flow run that has ended.
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

#: What two runs of the same file share: all but the run's own key, times and day.
SHARED = {
    "customers": "*",
    "customer_segments": "* EXCLUDE (segment_since)",
    "segments": "* EXCLUDE (first_seen)",
    "segment_stats": "*",
    "tier_stats": "*",
    "segment_profile": "*",
    "k_scores": "*",
    "features": "*",
    "centroids": "*",
    "rejected_rows": "* EXCLUDE (run_id)",
    "runs": "dataset, status, source_name, source_sha256, rows_read, rows_loaded, rows_rejected, n_clusters, "
    "silhouette, objective, seed, verdict, message, software_version",
}

HELD = rf"another run is under way \(pid {os.getpid()}, since [-\d]+ [:\d]+ UTC\) in "

pytestmark = pytest.mark.prefect


@pytest.fixture(scope="session")
def deployed(trial, sample, tmp_path_factory):
    """A home that a run of the deployment has published into."""
    home = tmp_path_factory.mktemp("deployed")
    command(trial, "deployment", "run", DEPLOYMENT, "--param", f"source={sample}", "--param", f"home={home}", "--watch")
    return home


def finished(trial, name="nightly", **parameters):
    """Order a run of a deployment, as a program does that speaks to the server, and return it once it has ended."""
    given = {key: str(value) if isinstance(value, Path | date) else value for key, value in parameters.items()}
    (found,) = ask(trial.port, "/deployments/filter", {"deployments": {"name": {"any_": [name]}}})
    ordered = ask(
        trial.port, f"/deployments/{found['id']}/create_flow_run", {"parameters": given, "state": {"type": "SCHEDULED"}}
    )
    asked = {"flow_runs": {"id": {"any_": [ordered["id"]]}}}
    wait_for(lambda: ask(trial.port, "/flow_runs/filter", asked)[0]["state_type"] in ENDED)
    return ask(trial.port, "/flow_runs/filter", asked)[0]


def aged_file(path, lines):
    path.write_text("\n".join([*lines, ""]))
    return aged(path)


def flow_runs(trial, home):
    found = ask(trial.port, "/flow_runs/filter", {"sort": "START_TIME_DESC"})
    return [flow_run for flow_run in found if flow_run["parameters"].get("home") == str(home)]


def test_deployment_run_completes_and_publishes(trial, deployed):
    assert [flow_run["state_type"] for flow_run in flow_runs(trial, deployed)] == ["COMPLETED"]
    assert rows(deployed, "SELECT rows_read, rows_loaded, rows_rejected FROM runs") == [(400, 398, 2)]
    assert_invariants(deployed)


def test_deployment_publishes_the_same_as_the_command(deployed, segments, sample, tmp_path):
    done = segments("run", sample, "--home", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for table, columns in SHARED.items():
        query = f"SELECT {columns} FROM {table} ORDER BY ALL"
        assert rows(deployed, query) == rows(tmp_path, query), table


def test_deployment_takes_several_files_as_one_run(trial, tmp_path):
    for name, rows_of in {"a.csv": SEED_ROWS, "b.csv": SEED_ROWS.replace("New York", "Ohio")}.items():
        (tmp_path / name).write_text(rows_of)
    sources = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    assert finished(trial, source=sources, home=tmp_path / "home")["state_type"] == "COMPLETED"
    assert rows(tmp_path / "home", "SELECT source_name, rows_loaded FROM runs") == [("a.csv + b.csv", 12)]


def test_scoring_deployment_labels_a_file(trial, deployed, sample, tmp_path):
    home = Path(shutil.copytree(deployed, tmp_path / "home"))
    labels = tmp_path / "labels.parquet"
    assert finished(trial, "adhoc", source=sample, home=home, output=labels)["state_type"] == "COMPLETED"
    scored = "SELECT segment_id, count(*) FROM {} GROUP BY ALL ORDER BY ALL"
    assert rows(home, scored.format("scored_customers")) == rows(home, scored.format("customer_segments"))
    assert labels.is_file()


def test_deployment_is_scheduled_nightly(trial, deployed):
    (found,) = ask(trial.port, "/deployments/filter", _NIGHTLY)
    assert [schedule["schedule"] for schedule in found["schedules"]] == [
        {"cron": "30 2 * * *", "timezone": "UTC", "day_or": True}
    ]
    assert found["global_concurrency_limit"] is None
    assert found["work_pool_name"] == "local"
    assert found["pull_steps"] == [{"prefect.deployments.steps.set_working_directory": {"directory": str(ROOT)}}]


def test_parameters_have_choices_and_bounds(trial, deployed):
    (found,) = ask(trial.port, "/deployments/filter", _NIGHTLY)
    parameters = found["parameter_openapi_schema"]["properties"]
    assert parameters["encoding"]["enum"] == ["auto", *ENCODINGS]
    assert (parameters["k_min"]["minimum"], parameters["k_min"]["maximum"], parameters["k_min"]["default"]) == (
        2,
        100,
        2,
    )
    assert parameters["source"]["description"].startswith("The customers file")
    with pytest.raises(SegmentsError, match="k_min"):
        command(trial, "deployment", "run", DEPLOYMENT, "--param", "k_min=1")


def artifacts_of(trial, flow_run):
    return ask(trial.port, "/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [flow_run["id"]]}}})


def test_flow_run_has_dataset_and_day(trial, deployed):
    (flow_run,) = flow_runs(trial, deployed)
    ((as_of,),) = rows(deployed, "SELECT as_of FROM runs")
    assert flow_run["name"] == f"customers {as_of}"
    assert set(flow_run["tags"]) == {"retail", "segmentation", "dataset:customers"}


def test_artifacts_show_k_scores_and_rejected_rows(trial, deployed):
    (flow_run,) = flow_runs(trial, deployed)
    tables = {one["key"]: json.loads(one["data"]) for one in artifacts_of(trial, flow_run) if one["type"] == "table"}
    tried = [(row["k"], row["chosen"], row["smallest segment"], row["why"]) for row in tables["k-scores"]]
    assert tried == rows(
        deployed, "SELECT k, if(chosen, 'chosen', ''), smallest_segment, reason FROM k_scores ORDER BY k"
    )
    rejected = {(row["code"], row["column"], row["first line"], row["rows"]) for row in tables["rejected-rows"]}
    assert rejected == set(
        rows(
            deployed,
            "SELECT code, coalesce(column_name, ''), min(line_number), count(*) FROM rejected_rows GROUP BY ALL",
        )
    )


def test_artifacts_show_sizes_summary_and_progress(trial, deployed):
    (flow_run,) = flow_runs(trial, deployed)
    found = artifacts_of(trial, flow_run)
    by_key = {artifact["key"]: artifact["data"] for artifact in found}
    (last_words,) = [artifact["description"] for artifact in found if artifact["key"] == "cluster-progress"]
    assert last_words == "k=4 converged"
    assert set(by_key) == {
        "encode-progress", "cluster-progress", "segment-sizes", "segment-summary", "segment-report", "k-scores",
        "rejected-rows",
    }  # fmt: skip
    assert by_key["cluster-progress"] == 100
    sizes = json.loads(by_key["segment-sizes"])
    assert [row["customers"] for row in sizes] == [
        row[0] for row in rows(deployed, "SELECT customers FROM segments ORDER BY segment_id")
    ]
    assert by_key["segment-summary"].startswith("**strong: 4 clearly separate segments; use them. ")
    assert re.match(rf"\[report.html\]\(file://{deployed}/runs/.*/report.html\)", by_key["segment-report"])
    ((silhouette,),) = rows(deployed, "SELECT silhouette FROM k_scores WHERE chosen")
    assert f"| 4 | {silhouette:.4f} | chosen |" in by_key["segment-summary"]


def test_log_of_the_steps_reaches_the_server(trial, deployed):
    (flow_run,) = flow_runs(trial, deployed)
    found = ask(trial.port, "/logs/filter", {"logs": {"flow_run_id": {"any_": [flow_run["id"]]}}, "limit": 200})
    messages = [log["message"] for log in found]
    assert any(message.startswith("step=ingest seconds=") and "rows_read=400" in message for message in messages)


def test_refused_file_fails_in_one_line(trial, deployed, tmp_path):
    before = (deployed / "segments.duckdb").read_bytes()
    source = tmp_path / "empty.csv"
    source.touch()
    with pytest.raises(SegmentsError, match="failed"):
        command(
            trial, "deployment", "run", DEPLOYMENT, "--watch",
            "--param", f"source={source}", "--param", f"home={deployed}",
        )  # fmt: skip
    newest = flow_runs(trial, deployed)[0]
    assert newest["state_type"] == "FAILED"
    assert f"{source} is empty (0 bytes)" in newest["state"]["message"]
    shown = {artifact["key"]: artifact for artifact in artifacts_of(trial, newest) if artifact["key"]}
    assert set(shown) == {"rejected-rows", "segment-summary"}
    assert [one["data"]["serializer"]["type"] for one in artifacts_of(trial, newest) if not one["key"]] == ["json"]
    assert shown["rejected-rows"]["description"].endswith(": its rows were not checked")
    assert shown["segment-summary"]["data"].startswith("**refused: nothing was published")
    assert "Traceback" not in (trial.prefect_home / "worker.log").read_text()
    assert (deployed / "segments.duckdb").read_bytes() == before


CANARY = "canary7f3e"


def kept_by_prefect(trial):
    """Return the files of Prefect that hold the canary: its database, its storage, its logs."""
    files = (path for path in trial.prefect_home.rglob("*") if path.is_file())
    return [str(path) for path in files if CANARY.encode() in path.read_bytes()]


def test_bad_value_stays_in_the_home(trial, sample, tmp_path):
    header, *people = sample.read_text().splitlines()
    bad = [f"{CANARY},{line.split(',', 1)[1]}" for line in people[:200]]
    source = aged_file(tmp_path / "customers.csv", [header, *bad, *people[200:]])
    flow_run = finished(trial, source=source, home=tmp_path / "home")
    assert flow_run["state_type"] == "FAILED"
    assert "age: not_a_whole_number; in total 201 of 400 rows are rejected" in flow_run["state"]["message"]
    (manifest,) = (tmp_path / "home").glob("runs/*/manifest.json")
    assert f"age '{CANARY}' is not a whole number" in manifest.read_text()
    assert kept_by_prefect(trial) == []


def test_new_value_stays_in_the_home(trial, deployed, sample, tmp_path):
    shutil.copytree(deployed, tmp_path / "home")
    header, *people = sample.read_text().splitlines()
    source = aged_file(tmp_path / "customers.csv", [header, *people, f"33,{CANARY},milk"])
    flow_run = finished(trial, source=source, home=tmp_path / "home", as_of=date.today() + timedelta(days=1))
    notes = max((tmp_path / "home").glob("runs/*/manifest.json")).read_text()
    assert f"location: 1 new ('{CANARY}') value since the previous run" in notes
    shown = {artifact["key"]: artifact for artifact in artifacts_of(trial, flow_run)}
    assert "location: 1 new (…) value since the previous run" in shown["segment-summary"]["data"]
    assert kept_by_prefect(trial) == []


#: A run on the server whose step fails at what none of ours foresaw.
BROKEN = f"""
import sys
from dataclasses import replace
import flows.segment_customers as deployed
def encode(*_):
    raise ValueError("cannot convert {CANARY}")
deployed.TASKS = replace(deployed.TASKS, encode=deployed.as_task("encode", encode))
deployed.segment_customers(sys.argv[1], home=sys.argv[2])
"""


def test_text_of_an_unforeseen_error_stays_in_the_home(trial, sample, tmp_path):
    command = [sys.executable, "-c", BROKEN, sample, tmp_path / "home"]
    done = subprocess.run(command, cwd=ROOT, env=trial.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (flow_run,) = flow_runs(trial, tmp_path / "home")
    said = "unexpected ValueError in encode; segments runs prints what it says"
    assert said in flow_run["state"]["message"]
    (manifest,) = (tmp_path / "home").glob("runs/*/manifest.json")
    assert f"ValueError: cannot convert {CANARY}" in manifest.read_text()
    assert CANARY not in done.stdout
    assert kept_by_prefect(trial) == []


@pytest.mark.parametrize("parameter", ["source", "home", "dataset"])
def test_paths_that_nobody_allowed_are_refused(trial, sample, tmp_path, parameter):
    given = {"source": sample, "home": tmp_path / "home", parameter: f"/usr/{parameter}.py"}
    refused = finished(trial, **given)
    assert refused["state_type"] == "FAILED"
    assert f"{parameter}=/usr/{parameter}.py is not below {ROOT}; name a path below it" in refused["state"]["message"]
    assert not list((tmp_path / "home").glob("runs/*"))


def test_server_answers_only_with_its_auth_string(trial, monkeypatch):
    monkeypatch.delenv("PREFECT_API_AUTH_STRING")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        ask(trial.port, "/flow_runs/filter", {})
    with pytest.raises(urllib.error.HTTPError, match="401"):
        ask(trial.port, "/flow_runs/filter", {}, "segments:guessed")
    assert isinstance(ask(trial.port, "/flow_runs/filter", {}, trial.auth), list)


def test_pages_of_other_sites_may_not_call_the_server(trial):
    def allowed(origin):
        request = urllib.request.Request(f"{api_url(trial.port)}/health", headers={"Origin": origin})
        with urllib.request.urlopen(request) as answer:
            return answer.headers["Access-Control-Allow-Origin"]

    assert allowed("http://evil.example") is None
    assert allowed(f"http://127.0.0.1:{trial.port}") == f"http://127.0.0.1:{trial.port}"


def test_prefect_keeps_its_files_private(trial, deployed):
    assert {path.name for path in trial.prefect_home.rglob("*") if path.stat().st_mode & 0o007} == set()


def test_backfill_is_named_without_a_day(trial, tmp_path):
    assert finished(trial, source=tmp_path, home=tmp_path / "home", backfill=True)["name"] == "customers backfill"


@pytest.fixture
def held(tmp_path):
    """A home that this process holds as a run under way does."""
    home = Home(tmp_path / "held")
    home.prepare()
    with locked(Run.begin(Order("", home=str(home.root)))):
        yield home.root


def test_flow_run_on_locked_home_is_canceled(trial, sample, held):
    cancelled = finished(trial, source=sample, home=held)
    assert cancelled["state_type"] == "CANCELLED"
    assert re.match(HELD, cancelled["state"]["message"])
    assert list((held / "runs").iterdir()) == []
    found = ask(trial.port, "/logs/filter", {"logs": {"flow_run_id": {"any_": [cancelled["id"]]}}})
    assert {log["level"] for log in found} == {logging.INFO}


def test_run_canceled_in_prefect_publishes_nothing(trial, deployed, tmp_path):
    home = Path(shutil.copytree(deployed, tmp_path / "home"))
    before, source = (home / "segments.duckdb").read_bytes(), tmp_path / "customers.csv"
    n_runs = len(list((home / "runs").iterdir()))
    source.write_text("Age,Location,Purchase History\n26,Texas,milk\n")  # as if it were still being written
    command(trial, "deployment", "run", DEPLOYMENT, "--param", f"source={source}", "--param", f"home={home}")
    wait_for(lambda: "RUNNING" in [flow_run["state_type"] for flow_run in flow_runs(trial, home)])
    wait_for(lambda: touched(source) and len(list((home / "runs").iterdir())) > n_runs)
    ((run_id, number),) = [(one["id"], one["state_type"]) for one in flow_runs(trial, home)]
    ask(trial.port, f"/flow_runs/{run_id}/set_state", {"state": {"type": "CANCELLING", "name": "Cancelling"}})
    wait_for(lambda: touched(source) and flow_runs(trial, home)[0]["state_type"] == "CANCELLED")
    assert (home / "segments.duckdb").read_bytes() == before
    assert number == "RUNNING"
    record = max(home.glob("runs/*/manifest.json"))
    wait_for(lambda: json.loads(record.read_text())["status"] == "interrupted")
    aged(source.rename(tmp_path / "whole.csv")).write_text(SEED_ROWS)
    assert quick_night(aged(tmp_path / "whole.csv"), home, accept_volume=True).is_new


def touched(path):
    """Add a customer to a file, which a run then goes on waiting for."""
    with path.open("a") as file:
        file.write("26,Texas,milk\n")
    return True


def wait_for(is_so, seconds=90):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to be so"
        time.sleep(0.2)


@pytest.mark.parametrize("is_server_named", [True, False])
def test_command_exits_75_while_home_is_held(trial, started, sample, held, is_server_named):
    server = {"PREFECT_API_URL": api_url(trial.port), "PREFECT_API_AUTH_STRING": trial.auth} if is_server_named else {}
    done = started("run", sample, "--home", held, **server)
    assert (done.returncode, done.stdout) == (75, "")
    assert re.fullmatch(f"segments: {HELD}.*\n", done.stderr)


def test_run_uses_the_named_server(trial, started, sample, tmp_path):
    server = {"PREFECT_API_URL": api_url(trial.port), "PREFECT_API_AUTH_STRING": trial.auth}
    done = started("run", sample, "--home", tmp_path, "--json", **server)
    assert json.loads(done.stdout)["run"]["n_clusters"] == 4
    assert [flow_run["state_type"] for flow_run in flow_runs(trial, tmp_path)] == ["COMPLETED"]


def test_every_entrypoint_can_be_imported():
    for deployment in yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]:
        path, _, name = deployment["entrypoint"].partition(":")
        assert (ROOT / path).is_file()
        module = __import__(path.removesuffix(".py").replace("/", "."), fromlist=[name])
        assert getattr(module, name).name in ("segment-customers", "score-customers")


@pytest.mark.slow
def test_make_up_stops_all_that_it_started(tmp_path):
    for name in ("prefect.yaml", "flows", "tasks", "schemas", "warehouse", "samples"):
        (tmp_path / name).symlink_to(ROOT / name)
    port = free_port()
    up = subprocess.Popen(
        [sys.executable, "-m", "flows.trial"],
        cwd=tmp_path,
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert up.stdout is not None
    said = ""
    while not (line := up.stdout.readline()).startswith("next runs"):
        assert line, "it ended before it was ready"
        said += line
    assert re.search(r"^ready: http://127\.0\.0\.1:\d+, where you log in with segments:\S{24}$", said, re.MULTILINE)
    assert line.startswith("next runs, of the newest file in data/inbox: ")
    assert len(re.findall(r"\w{3} \d{4}-\d\d-\d\d 02:30 UTC", line)) == 3
    time.sleep(1)
    up.send_signal(signal.SIGINT)
    said, _ = up.communicate(timeout=60)
    assert said.endswith("stopped worker and server\n")
    assert up.returncode == 0
    assert not answers(port)
    assert Path(tmp_path / "data" / "prefect" / "worker.log").exists()
