"""What the artifacts of a run say in Prefect, without a server."""

import json
from datetime import date
from pathlib import Path

import pytest

from flows.artifacts import (
    escape_markdown,
    rejected_in_words,
    rejected_table,
    summary_of,
    unpublished_in_words,
)
from flows.summary import picture_of
from schemas.errors import DataRefused
from schemas.loading import dataset_name
from schemas.reject_codes import REJECT_CODES
from tests.nights import quick_night, rows
from warehouse.home.directory import Home
from warehouse.home.ledger import read_manifests

HEADER = "Age,Location,Purchase History\n"


def customers(location):
    return HEADER + "".join(
        f"{20 + n % 50},{location[n % len(location)]},{('tea', 'steak')[n % 2]}\n" for n in range(90)
    )


@pytest.fixture
def summaries(home, write):
    """The summaries of a run and of the next day's."""
    found = []
    for day, location in ((1, ["Ohio", "New|York"]), (2, ["Ohio", "Ohio", "Ohio", "Ohio", "Ohio", "New|York"])):
        summary = quick_night(write(customers(location)), home, as_of=date(2026, 3, day))
        found.append(summary_of(picture_of(Home(Path(home)), summary)))
    return found


def test_summary_shows_drift_from_second_run(summaries):
    first, second = summaries
    assert "Drift since" not in first
    assert "\nDrift since 2026-03-01:\n" in second
    assert "\n| location |  | 0." in second
    assert " | major | …: 16.7% of the customers now, 50.0% then |" in second


MARKUP = {
    "*a*": r"\*a\*",
    "_a_ b_c": r"\_a\_ b_c",
    "#1 <b>": r"\#1 \<b>",
    "a|\nb": r"a\| b",
    "R&B &lt;": r"R&B \&lt;",
    "[a](http://b)": r"\[a](http\://b)",
}


@pytest.mark.parametrize("text", MARKUP)
def test_markup_of_a_file_stays_text(text):
    assert escape_markdown(text) == MARKUP[text]


@pytest.fixture
def with_zebras(write):
    """A file with a word for an age in one row of so many."""

    def written(every):
        lines = customers(["Ohio", "Texas"]).splitlines()
        ages = ["zebra" if n % every == 0 else "40" for n in range(len(lines) - 1)]
        return write(
            "\n".join([lines[0], *(f"{age}{line[2:]}" for age, line in zip(ages, lines[1:], strict=True)), ""])
        )

    return written


def test_rejected_rows_show_no_value(home, with_zebras):
    summary = quick_night(with_zebras(every=15), home)
    picture = picture_of(Home(home), summary)
    assert rejected_table(picture.rejected) == [
        {
            "rows": 6,
            "code": "not_a_whole_number",
            "column": "age",
            "file": "customers.csv",
            "first line": 2,
            "meaning": REJECT_CODES["not_a_whole_number"],
        }
    ]
    assert rejected_in_words(picture.run, 1) == "6 of 90 rows rejected"


def test_refused_run_shows_its_rejected_rows(home, with_zebras):
    with pytest.raises(DataRefused, match="zebra") as refused:
        quick_night(with_zebras(every=3), home)
    (record,) = read_manifests(Home(home))
    assert record["run_id"] == refused.value.run_id
    assert [(row["rows"], row["code"]) for row in rejected_table(record["rejected"])] == [(30, "not_a_whole_number")]
    assert unpublished_in_words(record).startswith("**refused: nothing was published")
    assert "customers.csv: 30 of 90 rows rejected." in unpublished_in_words(record)
    assert "zebra" not in json.dumps(rejected_table(record["rejected"])) + unpublished_in_words(record)


def test_runs_count_rows_of_refused_runs(home, with_zebras):
    with pytest.raises(DataRefused):
        quick_night(with_zebras(every=3), home)
    quick_night(with_zebras(every=15), home)
    assert rows(home, "SELECT status, rows_read, rows_rejected FROM runs ORDER BY started_at") == [
        ("refused", 90, 30),
        ("published", 90, 6),
    ]


def test_run_refused_early_has_no_rejected_rows(home, write):
    with pytest.raises(DataRefused):
        quick_night(write(HEADER), home)
    (record,) = read_manifests(Home(home))
    assert rejected_in_words(record, 0) == "its rows were not checked"


def test_rejected_rows_are_capped():
    groups = [
        {"n_rows": 99 - n, "code": "missing_value", "column_name": f"c{n}", "first_line": 2, "first_source": "a.csv"}
        for n in range(25)
    ]
    assert [row["column"] for row in rejected_table(groups)] == [f"c{n}" for n in range(20)]
    told = rejected_in_words({"rows_rejected": 99, "rows_read": 1000}, 25)
    assert told == "99 of 1,000 rows rejected; the 20 most frequent of 25 kinds of fault are shown"


def test_no_rejected_row_is_said():
    assert rejected_table([]) == []
    assert rejected_in_words({"rows_rejected": 0, "rows_read": 1000}, 0) == "0 of 1,000 rows rejected"


@pytest.mark.parametrize("dataset", ["mall", "mall.py", "/somewhere/mall.py"])
def test_dataset_is_named_without_its_folder(dataset):
    assert dataset_name(dataset) == "mall"
