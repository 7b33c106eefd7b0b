"""Who may read what a run writes: its owner alone, or also the owner's group where a setting says so."""

import os
from contextlib import suppress
from pathlib import Path

from schemas.errors import UsageError
from warehouse.home.directory import Home

#: Environment variable: 1 lets the group of the home read what runs write there.
SETTING = "SEGMENTS_GROUP_READABLE"

#: What others, or group and others, may do with a file: it is taken away.
_OTHERS, _GROUP_AND_OTHERS = 0o007, 0o077


def keep_private() -> None:
    """Let nobody else read what this process writes from now on, nor the processes that it starts.

    Raises:
        UsageError: the setting is neither 0 nor 1.
    """
    os.umask(_OTHERS | 0o020 if is_group_readable() else _GROUP_AND_OTHERS)


def is_group_readable() -> bool:
    """Return whether the group may read, too."""
    setting = os.environ.get(SETTING) or "0"
    if setting not in ("0", "1"):
        raise UsageError(f"{SETTING}={setting} cannot be used; expected 1 (the group may read the home) or 0")
    return setting == "1"


def published_mode() -> int:
    """Return the mode of a published file, which nobody writes into."""
    return 0o440 if is_group_readable() else 0o400


def close_to_others(home: Home) -> None:
    """Take from others what earlier versions let them read in a home, and give it to the group where it may read.

    The home itself and its inbox keep what they let others do: other accounts may deliver there.
    """
    for directory in (home.runs, home.staging, home.archive, home.audiences):
        _close(directory, 0o050)
    for file in (home.published_file, home.segment_names_file, home.lock_file):
        _close(file, 0o040)
    if is_group_readable():
        with suppress(OSError):
            home.root.chmod(home.root.stat().st_mode | 0o050)


def _close(path: Path, for_group: int) -> None:
    if path.is_symlink():  # what it leads to is not the home's
        return
    with suppress(OSError):  # it is absent, or another account's
        mode = path.stat().st_mode
        path.chmod(mode & ~_OTHERS & ~0o020 | for_group if is_group_readable() else mode & ~_GROUP_AND_OTHERS)
