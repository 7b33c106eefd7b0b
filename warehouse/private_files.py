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
        raise unwritable(path, error, "make it writable, or name another folder") from error


@contextmanager
def finished_file(path: Path) -> Iterator[Path]:
    """Yield an empty file to write, which takes its name once the block is done; an earlier one stays until then.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        partial = _partial(path)
        try:
            yield partial
            _flush(partial)
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def check_output(path: Path, *, force: bool) -> None:
    """Refuse the file of ``--output`` if it cannot be written there.

    Args:
        path: the file.
        force: write over a file that exists.

    Raises:
        UsageError: there is no such directory, or the file is one or exists.
    """
    _refuse_without_directory(f"--output {path}", path.parent)
    if path.is_dir():
        raise UsageError(f"--output {path} is a directory; name a file in it")
    if path.exists() and not force:
        raise UsageError(f"--output {path} already exists; name another file, or write over it with --force")


def refuse_filled(path: Path, is_replaceable: Callable[[Path], bool] | None) -> None:
    """Refuse a folder that holds something, unless it may be replaced."""
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file; name a new folder for the export")
    _refuse_without_directory(path, path.resolve().parent)
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
            partials.append((_partial(target), target))
            shutil.copyfile(source, partials[-1][0])
            _flush(partials[-1][0])
        for partial, target in partials:
            os.replace(partial, target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        for partial, _ in partials:
            with suppress(OSError):
                partial.unlink()


def unwritable(path: Path, error: OSError, remedy: str = "name another file") -> UsageError:
    """Return the refusal of a place that cannot be written."""
    return UsageError(f"{path} cannot be written ({error.strerror or error}); {remedy}")


def _refuse_without_directory(said: str | Path, directory: Path) -> None:
    if not directory.is_dir():
        raise UsageError(f"{said}: there is no directory {directory}; create it, or name another")


def _partial(path: Path) -> Path:
    """Return a new file beside another one, which only its owner reads."""
    descriptor, name = tempfile.mkstemp(prefix=".segments-", suffix=".partial", dir=path.parent)
    os.close(descriptor)
    return Path(name)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


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
