"""Wait for a file that is still being written, and refuse one that is never completed."""

import errno
import fcntl
import logging
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import DataRefused
from schemas.file_settings import FileSettings
from tasks.delivery.limits import LIMITS
from warehouse.home.ledger import printable

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sighting:
    """What shows whether a file has changed since it was last looked at."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> "Sighting":
        """Look at a file."""
        status = path.stat()
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class Patience:
    """How long a run waits for one delivered file, and what it has seen of it meanwhile."""

    def __init__(self, settings: FileSettings) -> None:
        self._settings = settings
        self._began = time.monotonic()
        self._first: Sighting | None = None
        self._last: Sighting | None = None
        self._unchanged_since = self._began
        self._has_logged = False

    def until_whole(self, path: Path) -> Sighting:
        """Return how the file looks once it is no longer written to.

        Raises:
            DataRefused: it is still being written, or has no marker, when the time to wait is over.
            FileNotFoundError: it has gone meanwhile.
        """
        while (found := self._found_unfinished(path)) is not None:
            self.wait(path, found)
        return self._look(path)

    def has_changed(self, path: Path, before: Sighting) -> bool:
        """Return whether the file looks different from before."""
        return self._look(path) != before

    def wait(self, path: Path, found: str) -> None:
        """Wait a moment because of what was found.

        Raises:
            DataRefused: the time to wait is over.
        """
        left = self._began + self._settings.wait_seconds - time.monotonic()
        if left <= 0:
            raise DataRefused(
                f"{path} {found}, after {self._settings.wait_seconds:g} s of waiting; "
                "deliver it whole (written under another name, then renamed), or raise wait_seconds in the schema"
            )
        if not self._has_logged:
            logger.info("waiting up to %g s: %s", self._settings.wait_seconds, printable(f"{path} {found}"))
            self._has_logged = True
        time.sleep(min(LIMITS.poll_seconds, left))

    def changes(self) -> str:
        """Return in words how the file has changed since it was first looked at."""
        first, last = self._first, self._last
        seconds = max(time.monotonic() - self._began, 0.1)
        if first is None or last is None or first == last:
            return "changed just now"
        if first.inode != last.inode:
            return f"was replaced within {seconds:.1f} s"
        if first.size == last.size:
            return f"was written to within {seconds:.1f} s"
        verb = "grew" if last.size > first.size else "shrank"
        return f"{verb} from {first.size:,} to {last.size:,} bytes within {seconds:.1f} s"

    def _found_unfinished(self, path: Path) -> str | None:
        """Return what shows that the file is not whole yet; None where nothing does."""
        seen = self._look(path)
        marker = self._settings.done_marker
        if marker and not path.with_name(path.name + marker).exists():
            return f"has no {path.name}{marker} beside it, which the schema expects (done_marker={marker!r})"
        if self._quiet_seconds(seen) < self._settings.settle_seconds:
            expected = f"expected no change for {self._settings.settle_seconds:g} s"
            return f"is still being written: {self.changes()}, {expected}"
        if has_writer(path):
            return "is still being written: another process holds it open for writing"
        return None

    def _look(self, path: Path) -> Sighting:
        seen = Sighting.of(path)
        self._first = self._first or seen
        if seen != self._last:
            self._last, self._unchanged_since = seen, time.monotonic()
        return seen

    def _quiet_seconds(self, seen: Sighting) -> float:
        """Return for how long the file has not changed; its own time counts until it was seen to change."""
        watched = time.monotonic() - self._unchanged_since
        return watched if seen != self._first else max(watched, time.time() - seen.modified_ns / 1e9)


def has_writer(path: Path) -> bool:
    """Return whether another process has the file open for writing; False where the system does not say.

    Linux grants a lease for reading on a file that is not open for writing, to the owner of the
    file and to root; other file systems and accounts learn nothing.
    """
    if sys.platform != "linux":
        return False
    with path.open("rb") as file:
        try:
            # A process that opens the file meanwhile makes the system signal us, by default with a
            # signal that kills; SIGURG is ignored.
            fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            return error.errno == errno.EAGAIN
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
