"""What once went wrong and must not again: nights that harmed later nights, records that said the opposite."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.errors import SchemaError, SegmentsError, UsageError
from tasks.publish import publish
from tasks.run.lifecycle import refuse_early
from tests.conftest import ROOT
from tests.nights import SEED_ROWS, assert_invariants, night_with, quick_night, rows, run_night, value
from warehouse.home.ledger import read_manifest
from warehouse.home.run import Order

HEAD = "from pandera.typing import Series\nimport pandera.pandas as pa\nfrom schemas import *\n"
LAST_RUN = "SELECT run_id FROM runs ORDER BY rowid DESC LIMIT 1"


def record(home, run_id):
    return read_manifest(home / "runs" / run_id / "manifest.json")


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_invalid_seed_does_not_affect_later_runs(write, home, seed):
    source = write(SEED_ROWS)
    with pytest.raises(UsageError, match="--seed"):
        refuse_early(Order(str(source), home=str(home), seed=seed))
    quick_night(source, home)
    assert value(home, "SELECT count(*) FROM runs WHERE seed IS NULL") == 1


def test_wrong_clock_does_not_affect_later_runs(write, home):
    (earlier,) = home.glob("runs/*/manifest.json")
    manifest = json.loads(earlier.read_text())
    earlier.write_text(json.dumps({**manifest, "started_at": "2999-01-01T00:00:00+00:00"}))
    new = quick_night(write(SEED_ROWS), home).run_id
    assert value(home, LAST_RUN) == new
    assert quick_night(write(SEED_ROWS), home).run_id == new


def test_failure_after_swap_leaves_run_published(write, home):
    order = Order(str(write(SEED_ROWS)), home=str(home), k=2)
    runs = []

    def publish_and_fail(run, audited):
        runs.append(run)
        publish(run, audited)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        night_with(order, publish=publish_and_fail)
    (run,) = runs
    assert record(home, run.run_id)["status"] == "published"
    assert value(home, LAST_RUN) == run.run_id


def test_reader_that_stops_reading_is_no_failure(home):
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m flows runs --home {home} | true"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_digits_that_duckdb_cannot_convert_are_rejected(write, home):
    good = "".join(f"{20 + n},Ohio,apples\n" for n in range(20))
    quick_night(write(f"Age,Location,Purchase History\n{good}\u096a\u0968,Ohio,apples\n"), home)
    assert rows(home, "SELECT line_number, code FROM rejected_rows") == [(22, "not_a_whole_number")]


def test_header_trailing_comma_loses_no_product(write, home):
    quick_night(write(SEED_ROWS.replace("History", "History,")), home)
    assert value(home, "SELECT sum(len(purchase_history)) FROM customers") == 9


EMPTY = {
    "empty lists": ("basket: Series[list] = items()", "basket,x\n,1\n,2\n,3\n"),
    "nothing but missing": (
        "a: Series[str] = category(nullable=True)\n    b: Series[float] = numeric(nullable=True)",
        "a,b,x\n,,1\n,,2\n",
    ),
}


@pytest.mark.parametrize(("body", "content"), EMPTY.values(), ids=EMPTY)
def test_customers_without_values_form_one_segment(write, home, body, content):
    schema = write(f"{HEAD}class A(Dataset):\n    {body}\n", "a.py")
    run_night(write(content), home, dataset=str(schema))
    assert "customers are equal after encoding" in value(home, "SELECT reason FROM k_scores WHERE chosen")
    assert rows(home, "SELECT segment_id FROM segment_profile") == [(1,)]
    assert_invariants(home)


@pytest.mark.parametrize("largest", ["20e-200", "1e99"])
def test_tiniest_and_largest_numbers_are_computed_with(write, home, largest):
    schema = write(f"{HEAD}class A(Dataset):\n    x: Series[float] = numeric()\n", "a.py")
    run_night(write(f"x\n1e-200\n2e-200\n3e-200\n{largest}\n"), home, dataset=str(schema))
    assert_invariants(home)


IMPOSSIBLE = {
    "a: Series[str] = category(unique=True)": "unique is not supported",
    "Customer_ID: Series[str] = identifier()\n    a: Series[int] = numeric()": "name the identifier customer_id",
    "a: Series[int] = numeric(str_matches='x')": "cannot be applied to its values",
}


@pytest.mark.parametrize(("body", "match"), IMPOSSIBLE.items())
def test_useless_or_impossible_declaration_is_refused(write, home, body, match):
    schema = write(f"{HEAD}class A(Dataset):\n    {body}\n", "a.py")
    with pytest.raises(SchemaError, match=match):
        quick_night(write("a,Customer ID\n1,x\n2,y\n3,z\n"), home, dataset=str(schema))


def test_endless_header_is_refused_in_words(write, home):
    with pytest.raises(SegmentsError, match=r"columns 'age', .* are missing"):
        quick_night(write("x" * 300_000 + "\n1\n"), home)


def test_undecodable_file_name_is_recorded_readably(tmp_path, home):
    source = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv")
    Path(source).write_text(SEED_ROWS)
    quick_night(source, home)
    assert value(home, "SELECT source_name FROM runs ORDER BY rowid DESC LIMIT 1") == "caf?.csv"
