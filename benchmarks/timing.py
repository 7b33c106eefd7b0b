"""Run a command and say what it took: seconds, and the peak memory of all its processes together."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

_EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class Timed:
    """A command that ended.

    Attributes:
        seconds: from its start to its end.
        peak_mb: most memory resident at once, 10^6 bytes; all its processes added up where /proc tells
            them, else the largest one.
        printed: its standard output.
    """

    seconds: float
    peak_mb: float
    printed: str


class CommandFailed(SystemExit):
    """A measured command ended with an exit code other than 0; who does not catch it ends with it."""


def timed(*arguments: str, python: str = sys.executable) -> Timed:
    """Run a Python module with its arguments and return what it took.

    Raises:
        CommandFailed: it ended with an exit code other than 0.
    """
    with tempfile.TemporaryFile("w+") as complaints:
        start = time.perf_counter()
        process = subprocess.Popen([python, "-m", *arguments], stdout=subprocess.PIPE, stderr=complaints, text=True)
        watch = _Watch(process.pid)
        assert process.stdout is not None  # noqa: S101
        with process.stdout:
            printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise CommandFailed(_failure(arguments, process.returncode, complaints))
    # macOS tells bytes, Linux KiB.
    largest = usage.ru_maxrss / 1e6 if sys.platform == "darwin" else usage.ru_maxrss * 1024 / 1e6
    return Timed(seconds, max(largest, watch.ended()), printed)


def _failure(arguments: Sequence[str], exit_code: int, complaints: TextIO) -> str:
    complaints.seek(0)
    last = complaints.read().strip().splitlines()[-1:]
    return f"{' '.join(arguments)} ended with exit code {exit_code}: {' '.join(last) or 'it says nothing'}"


def resident_mb(pid: int) -> float:
    """Return the memory resident now of a process and all that it started, 10^6 bytes; 0 without /proc.

    Pages of files, such as libraries, are mostly the same ones in all of them: those of one process count.
    """
    sizes = [size for size in map(_pages, _family(pid)) if size is not None]
    pages = sum(own for own, _ in sizes) + max((shared for _, shared in sizes), default=0)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _family(pid: int) -> list[int]:
    """Return a process and all that it started, and they."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # Behind the command in brackets, which may hold anything, stand its state and its parent.
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it ended meanwhile
            continue
        children[parent].append(int(path.parent.name))
    family = [pid]
    for one in family:
        family += children[one]
    return family


def _pages(pid: int) -> tuple[int, int] | None:
    """Return the resident pages of a process that are its own, and those of files; None where it has ended."""
    try:
        _, resident, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text().split())
    except OSError:
        return None
    return resident - shared, shared


class _Watch:
    """Looks again and again how much memory a process and its children take."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._is_over = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def ended(self) -> float:
        """Stop looking and return the most that was seen."""
        self._is_over.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while not self._is_over.wait(_EVERY_SECONDS):
            self._peak = max(self._peak, resident_mb(self._pid))
