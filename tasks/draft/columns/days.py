"""Columns of days and times, also where they are written as whole numbers."""

import re
from datetime import datetime

from tasks.draft.columns.facts import Facts, Kind, ignored
from tasks.draft.text.headers import words_of
from tasks.draft.text.wording import examples
from warehouse.draft import Numbers

#: Share of the texts of a column that look alike where it is of one look.
_ONE_LOOK = 0.9

#: Different numbers that are too many to look like days, or like months, by chance.
_SOME, _SOME_MONTHS = 3, 6

#: Days written as one number, 20310131, months as 203101, and days without their century as 310131.
_FIRST_DAY, _LAST_DAY = 1900_01_01, 2100_12_31
_FIRST_MONTH, _LAST_MONTH = 1900_01, 2100_12
_LAST_SHORT_DAY = 99_12_31

#: Days as a spreadsheet counts them, from 1982 to 2064.
_FIRST_SERIAL, _LAST_SERIAL = 30_000, 60_000

#: Seconds since 1970 of the years 2000 to 2040.
_FIRST_SECOND, _LAST_SECOND = 946_684_800, 2_208_988_800

_DAYS = frozenset(
    {"date", "day", "dt", "datetime", "timestamp", "since", "birthday", "dob", "joined", "created", "datum", "seen",
     "fecha", "ymd", "yymmdd", "yyyymmdd"}
)  # fmt: skip
_MONTHS = _DAYS | {"month", "period", "cohort", "yyyymm", "ym", "monat"}


def day_kind(facts: Facts) -> Kind | None:
    """Return that a column of days or times is left out; None where it is something else."""
    if facts.look.n_instants < _ONE_LOOK * facts.n_known and not _are_days(facts):
        return None
    return ignored(f"days or times, such as {examples(facts.known, 1)}; a number made of them could be a feature")


def _are_days(facts: Facts) -> bool:
    """Return whether whole numbers are days, months or seconds: all of them are, or the name says so."""
    numbers = facts.numbers
    if numbers is None or not numbers.is_whole or numbers.n_numbers < _ONE_LOOK * facts.n_known:
        return False
    if facts.look.n_leading_zeros:  # telephone numbers and the like
        return False
    words = words_of(facts.header)
    is_some = len(facts.known) >= _SOME
    return (
        (_are_within(numbers, _FIRST_DAY, _LAST_DAY) and (bool(words & _DAYS) or (is_some and _all(facts, "%Y%m%d"))))
        or (_are_within(numbers, _FIRST_SERIAL, _LAST_SERIAL) and bool(words & _DAYS))
        or (_are_within(numbers, 1, _LAST_SHORT_DAY) and bool(words & _DAYS) and is_some and _all(facts, "%y%m%d"))
        or (_are_within(numbers, _FIRST_MONTH, _LAST_MONTH) and _are_months(facts))
        or (is_some and any(_are_within(numbers, _FIRST_SECOND * n, _LAST_SECOND * n) for n in (1, 1_000)))
    )


def _are_within(numbers: Numbers, first: int, last: int) -> bool:
    return first <= numbers.lowest <= numbers.highest <= last


def _are_months(facts: Facts) -> bool:
    is_named = bool(words_of(facts.header) & _MONTHS)
    return (is_named or len(facts.known) >= _SOME_MONTHS) and _all(facts, "%Y%m")


def _all(facts: Facts, pattern: str) -> bool:
    n_digits = {"%Y%m%d": 8, "%y%m%d": 6, "%Y%m": 6}[pattern]
    return all(_is_day(re.sub(r"\.0*$", "", found.text), pattern, n_digits) for found in facts.known)


def _is_day(text: str, pattern: str, n_digits: int) -> bool:
    try:
        datetime.strptime(text, pattern)
    except ValueError:
        return False
    return len(text) == n_digits
