"""Find the files of a backfill: those with a date in their name, one per day."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from schemas.errors import UsageError
from tasks.delivery.sources import delivered_files

_DATE = re.compile(r"(?<!\d)(\d{4})([-_.]?)(\d{2})\2(\d{2})(?!\d)")


def dated_files(sources: Sequence[str], done_marker: str | None = None) -> dict[date, Path]:
    """Return day -> file of every file that is named or lies in a directory that is named, the oldest first.

    Args:
        sources: paths of files and directories.
        done_marker: ending of the files that are markers, which a directory may hold too.

    Raises:
        UsageError: a file has no date in its name, or another one has the same.
    """
    found: dict[date, Path] = {}
    for path in (path for source in sources for path in delivered_files(source, done_marker)):
        day = _day_of(path)
        if day is None:
            raise UsageError(f"{path} has no date in its name; expected one such as customers-2027-01-31.csv")
        if other := found.get(day):
            raise UsageError(f"{other} and {path} are of one day, {day}; a backfill takes one file per day")
        found[day] = path
    return dict(sorted(found.items()))


def _day_of(path: Path) -> date | None:
    """Return the first date in a file's name; None where there is none."""
    for year, _, month, day in _DATE.findall(path.name):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None
