"""Environment variables that more than one package reads, and lists of directories in them."""

import os
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import UsageError

#: Megabytes that a process may use in all.
MEMORY_MB = "SEGMENTS_MEMORY_MB"


def allowed_megabytes() -> int | None:
    """Return how many megabytes this process may use in all; None where nobody says.

    Raises:
        UsageError: SEGMENTS_MEMORY_MB is not a number of megabytes.
    """
    setting = os.environ.get(MEMORY_MB)
    if setting is None:
        return None
    if not setting.isdecimal():
        raise UsageError(f"{MEMORY_MB}={setting} should be a whole number of megabytes, such as 1000")
    return int(setting)


def directories_in(setting: str) -> Iterator[Path]:
    """Yield the directories that an environment variable lists, with the system's path separator."""
    yield from (Path(folder).resolve() for folder in os.environ.get(setting, "").split(os.pathsep) if folder)
