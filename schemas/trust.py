"""Which schema files may run: a schema is Python, and does what its author wants with the rights of the operator."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import schemas
from schemas.environment import directories_in

#: Environment variable: directories whose schema files may run whoever wrote them, with the system's path separator.
SETTING = "SEGMENTS_SCHEMAS"

#: Write permission of others, and of group and others.
_OTHERS, _GROUP_AND_OTHERS = 0o002, 0o022

#: A directory in which nobody replaces the files of others, such as /tmp.
_STICKY = 0o1000


def schema_trust(path: Path) -> str | None:
    """Return why a schema file may not run, and what to do, in words; None where it may.

    It runs from this package and from the directories of the setting. Elsewhere it must be the operator's or root's,
    and nobody else may write it or its directory. In the working directory it may also be of the directory's owner,
    and the group may write.
    """
    file, here = path.resolve(), Path.cwd()
    if any(file.is_relative_to(directory) for directory in _allowed()):
        return None
    is_here = file.is_relative_to(here)
    if file.stat().st_uid not in {0, os.geteuid(), here.stat().st_uid if is_here else 0}:
        return f"it belongs to another account; make it yours, or allow its directory with {SETTING}"
    for place in (file, file.parent):
        mode = place.stat().st_mode
        if mode & (_OTHERS if is_here else _GROUP_AND_OTHERS) and not mode & _STICKY:
            return (
                f"others may write {place}; take that from them with chmod go-w, or allow its directory with {SETTING}"
            )
    return None


def delivered_into(dataset: str, folders: Iterable[Path]) -> Path | None:
    """Return the folder of deliveries that the path of a dataset lies in; None where it lies in none, or is a name."""
    file = Path(dataset).resolve() if is_path(dataset) else None
    return next((folder for folder in folders if file and file.is_relative_to(folder.resolve())), None)


def is_path(dataset: str) -> bool:
    """Return whether a dataset is given as the path of its Python file, not by name."""
    return dataset.endswith(".py") or "/" in dataset


def _allowed() -> Iterator[Path]:
    yield from (Path(folder).resolve() for folder in schemas.__path__)
    yield from directories_in(SETTING)
