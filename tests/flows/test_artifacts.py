"""What the summary of a run says in Prefect, without a server."""

from datetime import date
from pathlib import Path

import pytest

from flows.artifacts import escape_markdown, summary_of
from flows.summary import picture_of
from tests.nights import quick_night
from warehouse.home.directory import Home

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
    assert " | major | New&#124;York: 16.7% of the customers now, 50.0% then |" in second


@pytest.mark.parametrize(
    ("text", "escaped"), [("a_b", "a&#95;b"), ("#1 <b>", "&#35;1 &#60;b&#62;"), ("a&\nb", "a&#38; b")]
)
def test_markup_of_a_file_stays_text(text, escaped):
    assert escape_markdown(text) == escaped
