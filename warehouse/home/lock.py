"""The lock of a home: one run at a time; the operating system releases it when the process ends, however it ends."""

import fcntl
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import AnotherRunUnderWay, HomeNotWritable
from warehouse.home.directory import Home, home_not_writable, owner_of
from warehouse.home.run import Run

#: How long to wait for a run that has just taken the lock to write who it is.
_NAME_SECONDS = 1.0
_POLL_SECONDS = 0.01


@contextmanager
def locked(run: Run) -> Iterator[None]:
    """Hold the home for one run.

    Raises:
        AnotherRunUnderWay: another process holds it; the message names it.
        HomeNotWritable: the lock file cannot be written, or the file system has no locks.
    """
    descriptor = _open(run)
    try:
        _take(descriptor, run)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder_of(home: Home) -> str | None:
    """Return which process holds a home now, in words; None where none does."""
    try:
        descriptor = os.open(home.lock_file, os.O_RDONLY)
    except OSError:
        return None
    try:
        is_free = _is_acquired(descriptor, fcntl.LOCK_SH, home.lock_file)
        return None if is_free else _live_holder(descriptor) or "pid unknown"
    finally:
        os.close(descriptor)


def _open(run: Run) -> int:
    path = run.home.lock_file
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o660)
    except PermissionError as error:
        _refuse_if_held(path, run)
        raise HomeNotWritable(
            f"cannot write {path} ({error.strerror}; it belongs to {owner_of(path)}); run as {owner_of(path)}, "
            "make it writable, or name another home with --home or SEGMENTS_HOME"
        ) from error
    except OSError as error:
        raise home_not_writable(path, error.strerror) from error


def _refuse_if_held(path: Path, run: Run) -> None:
    """Refuse a home that another user's run holds; a lock can be asked for through a file that can only be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        if not _is_acquired(descriptor, fcntl.LOCK_SH, path):
            raise _another_run(_live_holder(descriptor), run)
    finally:
        os.close(descriptor)


def _take(descriptor: int, run: Run) -> None:
    deadline = time.monotonic() + _NAME_SECONDS
    while not _is_acquired(descriptor, fcntl.LOCK_EX, run.home.lock_file):
        # What a killed run wrote stays until the next one has written over it.
        holder = _live_holder(descriptor)
        if holder or time.monotonic() > deadline:
            raise _another_run(holder, run)
        time.sleep(_POLL_SECONDS)
    said = f"pid {os.getpid()}, since {run.started_at:%Y-%m-%d %H:%M:%S} UTC\n{socket.gethostname()}\n"
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, said.encode(), 0)
    except OSError as error:
        raise home_not_writable(run.home.lock_file, error.strerror, "make room") from error


def _is_acquired(descriptor: int, kind: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise HomeNotWritable(f"cannot lock {path} ({error.strerror}); see --home") from error
    return True


def _another_run(holder: str | None, run: Run) -> AnotherRunUnderWay:
    return AnotherRunUnderWay(
        f"another run is under way ({holder or 'pid unknown'}) in {run.home.root}; "
        "wait until it ends or name another --home"
    )


def _live_holder(descriptor: int) -> str | None:
    """Return what the holder of a lock wrote of itself; None where that process has ended.

    Line two is its machine or container, as the processes of others cannot be asked.
    """
    written = os.pread(descriptor, 500, 0).decode(errors="replace").strip()
    found = re.fullmatch(r"(pid (\d+), since .*)\n(.*)", written)
    if found is None:
        return None
    holder, process, machine = found.groups()
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return holder if machine != socket.gethostname() else None
    except PermissionError:  # it is another user's
        return str(holder)
    return str(holder)
