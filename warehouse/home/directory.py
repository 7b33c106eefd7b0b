"""The home directory: where the published file, the runs and the run under construction are."""

import os
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import HomeNotWritable

#: The home of who names none.
DEFAULT_HOME = "data"


@dataclass(frozen=True)
class Home:
    """The paths of one home; nothing else in the project knows them."""

    root: Path

    @property
    def option(self) -> str:
        """What names the home in a command, a blank before it; empty for the one that is taken without."""
        return "" if str(self.root) == DEFAULT_HOME else f" --home {shlex.quote(str(self.root))}"

    @property
    def published_file(self) -> Path:
        """What analysts open: always complete, always one run's."""
        return self.root / "segments.duckdb"

    @property
    def log_file(self) -> Path:
        """Where DuckDB keeps what a program has written into the published file and not merged yet."""
        return log_of(self.published_file)

    @property
    def segment_names_file(self) -> Path:
        """The names that people gave segments."""
        return self.root / "segment_names.csv"

    @property
    def inbox(self) -> Path:
        """Where the nightly file is dropped."""
        return self.root / "inbox"

    @property
    def runs(self) -> Path:
        """One directory per run: its manifest and its report."""
        return self.root / "runs"

    def manifest_file(self, run_id: str) -> Path:
        """What happened in a run, written whatever happens."""
        return self.runs / run_id / "manifest.json"

    def report_file(self, run_id: str) -> Path:
        """The page of a run; there is none of one that was refused."""
        return self.runs / run_id / "report.html"

    @property
    def staging(self) -> Path:
        """The run under construction."""
        return self.root / "staging"

    @property
    def archive(self) -> Path:
        """Copies of the published file and of earlier ones, one per run."""
        return self.root / "archive"

    def archived_file(self, run_id: str) -> Path:
        """What a run published, for a rollback; the last few are kept."""
        return self.archive / f"{run_id}.duckdb"

    @property
    def audiences(self) -> Path:
        """The last list of each audience that was written, to find what has changed since."""
        return self.root / "audiences"

    @property
    def lock_file(self) -> Path:
        """Held by the run under way; the lock dies with its process."""
        return self.root / ".lock"

    def prepare(self) -> None:
        """Create the directories and prove that they can be written.

        Raises:
            HomeNotWritable: one of them cannot be created or written, or they are another account's.
        """
        if "?" in str(self.root):
            raise HomeNotWritable(f"cannot keep a database below {self.root} (its name contains a ?); see --home")
        for directory in (self.root, self.inbox, self.runs, self.staging, self.archive):
            make_directory(directory)
            if directory == self.runs and not _is_own(directory):
                raise HomeNotWritable(
                    f"{self.root} is a home of {owner_of(directory)}, who could not read what this account writes; "
                    f"run as {owner_of(directory)}, give it to this account (chown -R), or name another --home"
                )


def make_directory(directory: Path, mode: int = 0o777) -> None:
    """Create a directory of a home, unless it is there, and prove that it can be written.

    Raises:
        HomeNotWritable: it cannot be created or written.
    """
    try:
        directory.mkdir(mode, parents=True, exist_ok=True)
    except OSError as error:
        raise home_not_writable(directory, error.strerror or str(error)) from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise home_not_writable(directory, _why_unwritable(directory))


def home_not_writable(path: Path, why: str | None, remedy: str = "make it writable") -> HomeNotWritable:
    """Return the failure to write something in a home, with what to do."""
    return HomeNotWritable(f"cannot write {path} ({why}); {remedy} or name another home with --home or SEGMENTS_HOME")


def log_of(path: Path) -> Path:
    """Return the name of the write-ahead log of a DuckDB file."""
    return path.with_name(f"{path.name}.wal")


def owner_of(path: Path) -> str:
    """Return whose a file is, in words."""
    try:
        return path.owner()
    except (KeyError, OSError):
        return "another user"


def _is_own(directory: Path) -> bool:
    """Return whether a directory is of the account whose files this process writes: on a file server it may be any."""
    try:
        with tempfile.TemporaryFile(dir=directory) as written:
            return directory.stat().st_uid == os.fstat(written.fileno()).st_uid
    except OSError:  # such as a full disk, of which the run will say more
        return True


def _why_unwritable(directory: Path) -> str:
    return "read-only file system" if os.statvfs(directory).f_flag & os.ST_RDONLY else "permission denied"
