"""Find the files that an order names; of a directory, the newest one that is a finished delivery of the dataset."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from schemas.errors import UsageError
from schemas.file_settings import NOTHING_DECLARED, FileSettings
from tasks.delivery.names import day_of, is_of_others, is_to_come, stem_of, why_passed_over

#: Gives the share of the declared columns that a file holds; None where that cannot be seen.
ShareHeld = Callable[[Path], float | None]

#: Share of them below which a file is of another kind; one with more may be a delivery whose columns have changed.
_OTHER_KIND = 0.5

#: Environment variable: 1 lets a directory hold links to files outside it, which others may have put there.
LINKS_SETTING = "SEGMENTS_FOLLOW_LINKS"

#: A file that was changed so much later than now is dated in the future.
_DAY_SECONDS = 86_400

#: Names of files that a message shows.
_SHOWN = 10


class NotFinishedYet(UsageError):
    """A directory holds no delivery, but one that is still being written."""


@dataclass(frozen=True)
class Deliveries:
    """The files that may be the delivery, and path -> why of those that are not."""

    paths: list[Path]
    passed_over: dict[Path, str] = field(default_factory=dict)

    def passed_over_in_words(self) -> str:
        """Return the names of the files that were passed over, and why."""
        names = [f"{path.name} ({why})" for path, why in sorted(self.passed_over.items())]
        return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else "")


def find_source(
    source: str, settings: FileSettings = NOTHING_DECLARED, share_held: ShareHeld | None = None
) -> tuple[Path, str]:
    """Return the file that a SOURCE names, and in words what else there was: itself, or the newest of a directory.

    Args:
        source: path of a file or a directory.
        settings: what the dataset says about its files.
        share_held: shows which of files with different names are of the dataset; without it they are refused.

    Raises:
        UsageError: there is no such file or directory, the directory holds no delivery, or which is not clear.
    """
    found = delivered_files(source, settings)
    with _worded(source):
        if len({stem_of(path) for path in found.paths}) > 1:
            found = _of_the_dataset(source, found, share_held)
        taken = max(found.paths, key=_age(found.paths))
    return taken, _in_words(source, taken, found)


def delivered_files(source: str, settings: FileSettings = NOTHING_DECLARED) -> Deliveries:
    """Return the files of a directory that may be deliveries, or the one file that is named.

    Raises:
        UsageError: there is no such file or directory, or the directory holds no delivery.
    """
    if not source.strip():
        raise UsageError("SOURCE is empty; name a customers file as SOURCE")
    path = Path(source)
    with _worded(source):
        if path.is_dir():
            return _in_directory(path, settings)
        if not path.exists():
            raise UsageError(f"{source}: no such file or directory; name a customers file as SOURCE")
        if not path.is_file():
            raise UsageError(f"{source} is not a regular file; name a customers file as SOURCE")
    return Deliveries([path])


def unreadable(error: PermissionError) -> UsageError:
    """Return the failure of an account that may not read a file."""
    return UsageError(f"{error.filename} cannot be read ({error.strerror}); give this account the right to read it")


@contextmanager
def _worded(source: str) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise unreadable(error) from error
    except OSError as error:  # such as a name that is too long
        raise UsageError(f"{source[:200]}: {error.strerror}; name a customers file as SOURCE") from error


def _in_directory(directory: Path, settings: FileSettings) -> Deliveries:
    found = Deliveries([])
    for path in sorted(entry for entry in directory.iterdir() if entry.is_file()):
        is_named = fnmatchcase(path.name.lower(), (settings.deliveries or "").lower())
        why = why_passed_over(path.name, settings.done_marker, is_named=is_named)
        if why is None and settings.deliveries and not is_named:
            why = f"not {settings.deliveries}"
        if why is None and leads_outside(path, directory):
            why = f"a link to a file outside; {LINKS_SETTING}=1 follows it"
        if why is None:
            found.paths.append(path)
        else:
            found.passed_over[path] = why
    return _some(str(directory), found)


def leads_outside(path: Path, directory: Path) -> bool:
    """Return whether a name is a link out of its directory: whoever may write there could name any file of ours."""
    if not path.is_symlink() or os.environ.get(LINKS_SETTING) == "1":
        return False
    return not path.resolve().is_relative_to(directory.resolve())


def _some(source: str, found: Deliveries) -> Deliveries:
    if not found.paths:
        failure = NotFinishedYet if "unfinished" in found.passed_over.values() else UsageError
        words = "holds no file" + (f" but {found.passed_over_in_words()}" if found.passed_over else "")
        raise failure(f"{source} {words}; drop a customers file there, or name one as SOURCE")
    return found


def _of_the_dataset(source: str, found: Deliveries, share_held: ShareHeld | None) -> Deliveries:
    """Return the deliveries without those of another kind, as their names show and the newest file of each name."""
    kinds: dict[str, list[Path]] = {}
    for path in found.paths:
        kinds.setdefault(stem_of(path), []).append(path)
    newest = {stem: max(paths, key=_age(paths)) for stem, paths in kinds.items()}
    shares = {stem: share_held(path) if share_held else None for stem, path in newest.items()}
    others = {
        path: f"{share:.0%} of the declared columns"
        for stem, share in shares.items()
        if share is not None and share < _OTHER_KIND
        for path in kinds[stem]
    }
    possible = [path for path in found.paths if path not in others]
    if not all(map(is_of_others, possible)):  # a list of those who unsubscribed has the same columns
        others |= {path: "a list of others, by its name" for path in possible if is_of_others(path)}
    left = _some(source, Deliveries([path for path in found.paths if path not in others], found.passed_over | others))
    likely = [path for path in newest.values() if path not in others]
    # Names with dates are not given by chance; of others the newest may have any name.
    are_kinds = all(map(day_of, left.paths)) or len({path.stat().st_mtime_ns for path in likely}) < len(likely)
    if len(likely) > 1 and (are_kinds or any(shares[stem_of(path)] != 1 for path in likely)):
        names, word = " and ".join(path.name for path in likely[:_SHOWN]), [*stem_of(likely[0]).split(), "customers"][0]
        raise UsageError(
            f"{source} holds {names}, whose names do not show which is the delivery; expected files of one kind: name "
            f'one as SOURCE, or say in the schema which they are, as in deliveries="{word}*.csv*"'
        )
    return left


def _age(paths: list[Path]) -> Callable[[Path], tuple[object, ...]]:
    """Return the order of files: by the dates in their names where all have one, then by their last change.

    What is dated after tomorrow is the oldest, or it would hide all that is delivered until then.
    """
    are_dated = all(map(day_of, paths))
    return lambda path: (not _is_ahead(path, are_dated), day_of(path) if are_dated else None, _changed(path), path.name)


def _is_ahead(path: Path, are_dated: bool) -> bool:
    day = day_of(path) if are_dated else None
    return _changed(path) > time.time() + _DAY_SECONDS if day is None else is_to_come(day)


def _changed(path: Path) -> float:
    return path.stat().st_mtime


def _in_words(source: str, taken: Path, found: Deliveries) -> str:
    are_dated = all(map(day_of, found.paths))
    by = "the date in its name" if are_dated else "its last change"
    ahead = [path.name for path in found.paths if _is_ahead(path, are_dated)]
    parts = [f"the newest of {len(found.paths):,} by {by}"] if len(found.paths) > 1 else []
    parts += [f"dated in the future, and so taken for the oldest: {', '.join(ahead[:_SHOWN])}"] if ahead else []
    parts += [f"passed over: {found.passed_over_in_words()}"] if found.passed_over else []
    return f"{source}: {taken.name} was taken; {'; '.join(parts)}" if parts else ""
