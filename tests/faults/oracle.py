"""What must hold after every fault: the published file is one whole run's, and the next run needs no hands."""

import contextlib
import hashlib
import json
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.nights import PUBLISHED_RUN, assert_invariants, quick_night, rows, value

#: What a process may end with: published, refused, home not writable, held, a signal.
EXIT_CODES = {0, 1, 2, 65, 73, 75, -9, 129, 130, 143}


@dataclass(frozen=True)
class Before:
    """A home before a fault: the run that is published, and its bytes."""

    run_id: str
    sha256: str


def look(home: Path) -> Before:
    """Return what is published."""
    return Before(value(home, PUBLISHED_RUN), _sha256(home / "segments.duckdb"))


def judge(home: Path, source: Path, before: Before, ended: "Ended | None" = None) -> str:
    """Check a home after a fault; return whether the file is the old or the new one.

    Args:
        home: in which something happened.
        source: of the next run.
        before: what was published then.
        ended: how the process ended, where there was one.

    Raises:
        AssertionError: the file is neither, or a mix; the next run fails; the message is not one line.
    """
    assert not (home / "segments.duckdb.wal").is_file(), "a log is beside the published file"
    after = look(home)
    which = "old" if after.sha256 == before.sha256 else "new"
    if which == "new":
        record = json.loads((home / "runs" / after.run_id / "manifest.json").read_text())
        known = [record["published_sha256"], *record.get("amended_sha256s", [])]
        assert after.sha256 in known, "the manifest knows other bytes"
    _assert_whole(home)
    if ended is not None:
        ended.check()
    assert _sha256(home / "archive" / f"{before.run_id}.duckdb") == before.sha256, "the file before is not kept"
    run_id = quick_night(source, home, force=True, accept_volume=True).run_id
    assert value(home, PUBLISHED_RUN) == run_id
    _assert_whole(home)
    assert list((home / "staging").iterdir()) == [], "something is left under construction"
    return which


def _assert_whole(home: Path) -> None:
    assert_invariants(home)
    tables = ("customer_segments", "segments", "k_scores", "segment_stats")
    for table in tables:
        assert rows(home, f"SELECT count(*) > 0 FROM {table}") == [(True,)], f"{table} is empty"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code, negative for a signal, and what it wrote."""

    exit_code: int
    stderr: str

    def check(self) -> None:
        """Check that the end is one of those documented, in one line at most."""
        assert self.exit_code in EXIT_CODES, (self.exit_code, self.stderr)
        assert "Traceback" not in self.stderr, self.stderr
        expected = 0 if self.exit_code in (0, -9) else 1
        assert self.stderr.count("\n") == expected, (self.exit_code, self.stderr)


class Child:
    """A command in a process of its own, forked from this one, which has imported what it needs."""

    def __init__(
        self, *arguments: str | Path, hooked: Callable[[], object] = lambda: None, max_bytes: int | None = None
    ) -> None:
        self._said, said = tempfile.mkstemp(prefix="said-")
        self._path = said
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(_command([str(argument) for argument in arguments], self._said, hooked, max_bytes))

    def wait(self) -> Ended:
        """Return how it ended."""
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self._said)
        said = Path(self._path).read_text()
        Path(self._path).unlink()
        return Ended(code, said)

    def is_running(self) -> bool:
        """Return whether it has not ended yet; it is still to be waited for."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def kill(self, number: int) -> None:
        """Send a signal; one that has ended gets none."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


def _command(arguments: list[str], said: int, hooked: Callable[[], object], max_bytes: int | None) -> int:
    """Run the command line as a program of its own would, and return its exit code."""
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(said, 2)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    sys.__stderr__ = sys.stderr
    sys.argv = ["segments", *arguments]
    sys.modules.pop("pytest", None)  # Cyclopts warns where it finds that
    os.environ["PREFECT_API_URL"] = ""  # no server, whatever tests before this one have named
    if max_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes, max_bytes))
    from flows.cli.app import main

    try:
        hooked()
        main()
    except SystemExit as error:
        return int(error.code or 0)
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
        return 99
    return 0
