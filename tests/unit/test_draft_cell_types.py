"""What a text looks like: days and times in the ways that exports write them, and what only resembles them."""

import pytest

from tasks.draft.text.cell_types import cell_type_of

INSTANTS = [
    "2023-01-08", "08.01.2023", "22Jan2023", "15DEC2021", "Fri, 17 Mar 2023", "2023-01-08 00:00:00+00",
    "2023-01-08 00:00:00 UTC", "20230307T000000", "2023.02.15.", "May 30", "16-May-23 12.00.00.000000 AM",
    "2023年02月13日", "Sunday 15 January 2023", "Sun Apr 23 21:04:25 2023", "04/29", "2023-W20", "Jan-20", "March 2023",
    "2022-Q3", "PT7M", "26. April 2023", "2019-07-27T04:00:10.000Z", "10:14",
]  # fmt: skip
OTHERS = ["May", "Marker 10", "12 Decks", "mon", "1/2", "PT", "Q3", "P12W", "10.30", "13/45", "Sunday", "3 may be"]


@pytest.mark.parametrize("text", INSTANTS)
def test_days_and_times_are_recognized(text):
    assert cell_type_of(text) == "instant"


@pytest.mark.parametrize("text", OTHERS)
def test_what_resembles_a_day_is_not_one(text):
    assert cell_type_of(text) != "instant"
