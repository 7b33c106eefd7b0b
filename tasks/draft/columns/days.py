"""Recognize columns of dates and times, even those written as whole numbers."""

import re
from dataclasses import dataclass
from datetime import datetime

from tasks.draft.columns.facts import ONE_TYPE, Facts, Kind, ignored
from tasks.draft.columns.ranges import is_measure
from tasks.draft.text.headers import words_of
from tasks.draft.text.wording import examples


@dataclass(frozen=True)
class DaySettings:
    """Which whole numbers may be days or times; each pair is the first and the last.

    Attributes:
        min_different: different numbers that are too many to be days by chance.
        min_months: the same for months, of which more numbers may be one.
        days: as one number, 20310131.
        short_days: without their century, 310131.
        months: as one number, 203101.
        serials: days as a spreadsheet counts them, from 1982 to 2064.
        seconds: since 1970, of the years 2000 to 2040; a thousand times as many are milliseconds.
    """

    min_different: int = 3
    min_months: int = 6
    days: tuple[int, int] = (1900_01_01, 2100_12_31)
    short_days: tuple[int, int] = (1, 99_12_31)
    months: tuple[int, int] = (1900_01, 2100_12)
    serials: tuple[int, int] = (30_000, 60_000)
    seconds: tuple[int, int] = (946_684_800, 2_208_988_800)


_SETTINGS = DaySettings()

_DAYS = frozenset(
    {"date", "day", "dt", "datetime", "timestamp", "since", "birthday", "dob", "joined", "created", "datum", "seen",
     "fecha", "ymd", "yymmdd", "yyyymmdd"}
)  # fmt: skip
#: Words that a day's number as a spreadsheet counts it comes with.
_MARKED_DAYS = frozenset({"last", "first", "signup", "registered", "updated", "modified", "expires", "birth", "start"})
_MONTHS = _DAYS | {"month", "period", "cohort", "yyyymm", "ym", "monat"}


def day_kind(facts: Facts) -> Kind | None:
    """Return that a column of days or times is left out; None where it is something else."""
    if facts.profile.count("instant") < ONE_TYPE * facts.n_known and not _are_days(facts):
        return None
    return ignored(f"days or times, such as {examples(facts.known, 1)}; a number made of them could be a feature")


def _are_days(facts: Facts) -> bool:
    """Return whether whole numbers are days, months or seconds: all of them are, or the name says so."""
    numbers, words, n = facts.numbers, words_of(facts.header), len(facts.known)
    if numbers is None or numbers.n_numbers < ONE_TYPE * facts.n_known:
        return False
    if facts.profile.n_leading_zeros:  # telephone numbers and the like
        return False

    def are_within(bounds: tuple[int, int], factor: int = 1) -> bool:
        return bounds[0] * factor <= numbers.lowest <= numbers.highest <= bounds[1] * factor

    if are_within(_SETTINGS.serials) and words & (_DAYS | _MARKED_DAYS) and not is_measure(facts.header):
        return True
    if not numbers.is_whole:
        return False
    is_named, is_some = bool(words & _DAYS), n >= _SETTINGS.min_different
    is_month = bool(words & _MONTHS) or n >= _SETTINGS.min_months
    return (
        (are_within(_SETTINGS.days) and (is_named or (is_some and _are_all(facts, "%Y%m%d"))))
        or (are_within(_SETTINGS.short_days) and is_named and is_some and _are_all(facts, "%y%m%d"))
        or (are_within(_SETTINGS.months) and is_month and _are_all(facts, "%Y%m"))
        or (is_some and (are_within(_SETTINGS.seconds) or are_within(_SETTINGS.seconds, 1_000)))
    )


def _are_all(facts: Facts, pattern: str) -> bool:
    return all(_is_day(re.sub(r"\.0*$", "", found.text), pattern) for found in facts.known)


def _is_day(text: str, pattern: str) -> bool:
    try:
        return datetime.strptime(text, pattern).strftime(pattern) == text
    except ValueError:
        return False
