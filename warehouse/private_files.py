"""Write files that only their owner reads, complete or not at all: they take their names once they are finished."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from schemas.errors import UsageError

_PRIVATE = 0o600


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a folder that nobody else reads, and that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="segments-") as folder:
        yield Path(folder).resolve()


@contextmanager
def finished_folder(path: Path, is_replaceable: Callable[[Path], bool] | None) -> Iterator[Path]:
    """Yield a folder to write into, which takes its name once the block is done.

    Args:
        path: the folder, which must be empty or absent.
        is_replaceable: whether a folder that is not empty is replaced; None for no.

    Raises:
        UsageError: the folder is not empty, or cannot be written.
    """
    try:
        refuse_filled(path, is_replaceable)
        target = path.resolve()
        partial = Path(tempfile.mkdtemp(prefix=".segments-", suffix=".partial", dir=target.parent))
        try:
            yield partial
            for file in partial.rglob("*"):
                file.chmod(_PRIVATE if file.is_file() else 0o700)
            _take_over(partial, target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror or error}); make it writable, or name another folder"
        ) from error


def refuse_filled(path: Path, is_replaceable: Callable[[Path], bool] | None) -> None:
    """Refuse a folder that holds something, unless it may be replaced."""
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file; name a new folder for the export")
    if not path.resolve().parent.is_dir():
        raise UsageError(f"there is no directory {path.parent}; create it, or name another folder")
    found = sorted(path.iterdir()) if path.is_dir() else []
    if not found or (is_replaceable and is_replaceable(path)):
        return
    if is_replaceable:
        raise UsageError(f"{path} holds more or less than an export ({found[0].name}, ...); name a new folder")
    raise UsageError(f"{path} is not empty; name a new folder, or replace an earlier export with --force")


def place_files(files: Sequence[tuple[Path, Path]]) -> None:
    """Copy files to their places, in this order, once there is room for all of them.

    Args:
        files: each finished file, and the place that it takes over.

    Raises:
        UsageError: one of the places cannot be written.
    """
    partials: list[tuple[Path, Path]] = []
    target = Path()
    try:
        for source, target in files:
            partial = target.with_name(f".{os.getpid()}-{len(partials)}.partial")
            partials.append((partial, target))
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
            with source.open("rb") as complete, os.fdopen(descriptor, "wb") as copy:
                shutil.copyfileobj(complete, copy)
                copy.flush()
                os.fsync(copy.fileno())
        for partial, target in partials:
            os.replace(partial, target)
    except OSError as error:
        raise UsageError(f"{target} cannot be written ({error.strerror or error}); name another file") from error
    finally:
        for partial, _ in partials:
            with suppress(OSError):
                partial.unlink()


def _take_over(partial: Path, target: Path) -> None:
    """Rename a folder to another one, which is absent, empty, or set aside and then removed."""
    if not (target.is_dir() and any(target.iterdir())):
        os.replace(partial, target)
        return
    aside = Path(tempfile.mkdtemp(prefix=".segments-", suffix=".old", dir=target.parent))
    os.replace(target, aside)
    try:
        os.replace(partial, target)
    except OSError:
        os.replace(aside, target)
        raise
    shutil.rmtree(aside, ignore_errors=True)
