"""Environment variables that more than one package reads, and lists of directories in them."""

import os
from collections.abc import Iterator
from pathlib import Path

#: Megabytes that a process may use in all.
MEMORY_MB = "SEGMENTS_MEMORY_MB"


def directories_in(setting: str) -> Iterator[Path]:
    """Yield the directories that an environment variable lists, with the system's path separator."""
    yield from (Path(folder).resolve() for folder in os.environ.get(setting, "").split(os.pathsep) if folder)
