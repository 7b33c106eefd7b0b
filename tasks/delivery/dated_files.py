"""Find the files of a backfill: those with a date in their name, one per day."""

import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from schemas.errors import UsageError
from schemas.file_settings import FileSettings
from tasks.delivery.names import day_of
from tasks.delivery.sources import delivered_files

logger = logging.getLogger(__name__)


def dated_files(sources: Sequence[str], settings: FileSettings) -> dict[date, Path]:
    """Return day -> file of every file that is named or lies in a directory that is named, the oldest first.

    Args:
        sources: paths of files and directories.
        settings: what the dataset says about its files.

    Raises:
        UsageError: a file has no date in its name, or another one has the same.
    """
    found: dict[date, Path] = {}
    deliveries = [delivered_files(source, settings) for source in sources]
    for words in filter(None, (one.passed_over_in_words() for one in deliveries)):
        logger.info("passed over: %s", words)
    for path in (path for one in deliveries for path in one.paths):
        day = day_of(path)
        if day is None:
            raise UsageError(f"{path} has no date in its name; expected one such as customers-2027-01-31.csv")
        if other := found.get(day):
            raise UsageError(f"{other} and {path} are of one day, {day}; a backfill takes one file per day")
        found[day] = path
    return dict(sorted(found.items()))
