"""Predict what a run writes, so that one for which there is no room is refused before it has begun to work."""

import shutil
from pathlib import Path

from schemas.errors import HomeNotWritable

#: Bytes that a run of no customers writes, and bytes for each delivered one, at least: measured are 8 MB, and 3.2.
_LEAST_BYTES, _FOR_EACH_BYTE = 6_000_000, 2


def needed_bytes(delivered: int) -> int:
    """Return how many bytes a run needs at least in its home, for so many delivered ones."""
    return _LEAST_BYTES + _FOR_EACH_BYTE * delivered


def refuse_without_room(root: Path, delivered: int) -> None:
    """Refuse a run whose files will not fit.

    Args:
        root: the home.
        delivered: bytes of the files to read.

    Raises:
        HomeNotWritable: with what is needed, and what is free.
    """
    needed, free = needed_bytes(delivered), shutil.disk_usage(root).free
    if free < needed:
        raise HomeNotWritable(
            f"{root} has {free / 1e6:,.1f} MB free, and this run needs at least {needed / 1e6:,.1f} MB "
            f"({_FOR_EACH_BYTE} x the {delivered / 1e6:,.1f} MB delivered, and {_LEAST_BYTES / 1e6:,.0f} MB); "
            "make room or see --home"
        )
