"""Faults on purpose, many of each kind, and one oracle after every one of them; see ``__main__``."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import duckdb

from tests.conftest import ROOT, aged
from tests.faults.oracle import Before, Child, Ended, judge, look
from tests.nights import SEED_ROWS, quick_night, run_night, value

#: What a run does to files, at each of which it can be interrupted.
_CALLS = ("replace", "fsync", "link", "unlink", "rename", "symlink", "mkdir", "rmdir")

_MOST_CALLS = 200

_OPTIONS = ("--k", "2", "--encoding", "standard", "--force", "--accept-volume")


class GoodHome:
    """A home with one published run, copied anew for every fault."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "customers.csv"
        self.source.write_text(SEED_ROWS)
        aged(self.source)
        self._good = folder / "good"
        quick_night(self.source, self._good)
        self._numbers = count()

    @contextmanager
    def copy(self) -> Iterator[tuple[Path, Before]]:
        """Give a copy of the home and what is published in it; it is removed where nothing was found."""
        home = shutil.copytree(self._good, self.folder / f"home-{next(self._numbers)}")
        yield home, look(home)
        shutil.rmtree(home)

    def run(self, home: Path, **how: object) -> Child:
        """Start a run of the home."""
        return Child("run", self.source, "--home", home, *_OPTIONS, **how)  # type: ignore[arg-type]


def killed_at_calls(good: GoodHome, times: int) -> Counter[str]:
    """Kill a run right before every one of the calls that change files; with 0 times before every fifth one."""
    found: Counter[str] = Counter()
    for _ in range(max(1, times)):
        for number in count(1, 1 if times else 5):
            with good.copy() as (home, before):
                ended = good.run(home, hooked=partial(_killed_at, number)).wait()
                if ended.exit_code == 0:
                    break
                assert number < _MOST_CALLS, "there is no end of calls"
                found[f"killed at a call: {judge(home, good.source, before, ended)} file"] += 1
    return found


def _killed_at(number: int) -> None:
    """Have this process killed at the n-th of the calls that change files."""
    calls = count(1)

    def counted(call: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*arguments: object, **named: object) -> object:
            if next(calls) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **named)

        return wrapped

    for name in _CALLS:
        setattr(os, name, counted(getattr(os, name)))


def killed_at_random(good: GoodHome, times: int) -> Counter[str]:
    """Kill runs at random moments, from the first file under construction to the end."""
    found: Counter[str] = Counter()
    moments = random.Random(0)
    seconds = _seconds(good)
    for _ in range(times):
        with good.copy() as (home, before):
            child = good.run(home)
            _until(child, lambda home=home: any((home / "staging").iterdir()))  # type: ignore[misc]
            time.sleep(moments.uniform(0, seconds))
            is_within = child.is_running() and any((home / "staging").iterdir())
            child.kill(signal.SIGKILL)
            ended = child.wait()
            which = judge(home, good.source, before, ended)
            found[f"killed {'between staging and published' if is_within else 'elsewhere'}: {which} file"] += 1
    return found


def _seconds(good: GoodHome) -> float:
    """Return how long a run takes from its first file under construction on."""
    with good.copy() as (home, _):
        child = good.run(home)
        _until(child, lambda: any((home / "staging").iterdir()))
        begun = time.monotonic()
        assert child.wait().exit_code == 0
        return time.monotonic() - begun


def _until(child: Child, is_so: Callable[[], bool]) -> None:
    while not is_so() and child.is_running():
        time.sleep(0.001)


def stopped(good: GoodHome, times: int) -> Counter[str]:
    """Tell runs to stop at random moments and right after they published; each has ten seconds."""
    found: Counter[str] = Counter()
    moments, seconds = random.Random(1), _seconds(good)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        for turn in range(times):
            with good.copy() as (home, before):
                inode = (home / "segments.duckdb").stat().st_ino
                child = good.run(home, hooked=_as_in_the_foreground)
                if turn % 5 == 4:
                    _until(child, lambda home=home, inode=inode: _inode(home) != inode)  # type: ignore[misc]
                else:
                    _until(child, lambda home=home: any((home / "staging").iterdir()))  # type: ignore[misc]
                    time.sleep(moments.uniform(0, seconds))
                child.kill(number)
                begun = time.monotonic()
                ended = child.wait()
                assert time.monotonic() - begun < 10
                assert ended.exit_code in (0, 128 + number), ended
                is_new = look(home).sha256 != before.sha256
                assert ("was published before that" in ended.stderr) == (is_new and ended.exit_code != 0), ended
                found[f"{number.name}: {judge(home, good.source, before, ended)} file"] += 1
    return found


def _as_in_the_foreground() -> None:
    """Let SIGINT through, which a shell has ignored in what it starts in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _inode(home: Path) -> int:
    return (home / "segments.duckdb").stat().st_ino


def full_disk(good: GoodHome, times: int) -> Counter[str]:
    """Let no file grow beyond a size, from next to nothing to nearly all that a run needs."""
    found: Counter[str] = Counter()
    with good.copy() as (home, _):
        largest = (home / "segments.duckdb").stat().st_size
    for turn in range(times):
        with good.copy() as (home, before):
            ended = good.run(home, max_bytes=4096 + turn * largest // times).wait()
            assert ended.exit_code in (0, 73), ended
            assert ended.exit_code == 0 or re.search(r"File too large|No space left", ended.stderr), ended
            found[f"files bounded: {judge(home, good.source, before, ended)} file"] += 1
    return found


def damaged(good: GoodHome, times: int) -> Counter[str]:
    """Flip bits of published files, cut them, put other files and logs in their place."""
    found: Counter[str] = Counter()
    places = random.Random(2)
    for turn in range(times):
        kind = (_flip, _flip, _flip, _flip, _cut, _log, _foreign)[turn % 7]
        with good.copy() as (home, before):
            kind(home, places)
            summary = run_night(good.source, home, k=2, encoding="standard")
            assert not summary.is_new, "it was run again, though its file could be put back"
            assert look(home) == before, "it is not the file before"
            said = "put back" if kind is not _log else "another program wrote into"
            assert said in summary.message, summary.message
            judge(home, good.source, before)
            found[f"{kind.__name__.strip('_')}: put back, and said"] += 1
    return found


def _flip(home: Path, places: random.Random) -> None:
    content = bytearray((home / "segments.duckdb").read_bytes())
    content[places.randrange(len(content))] ^= 1 << places.randrange(8)
    _write(home, bytes(content))


def _cut(home: Path, places: random.Random) -> None:
    content = (home / "segments.duckdb").read_bytes()
    _write(home, content[: places.randrange(len(content))])


def _log(home: Path, places: random.Random) -> None:
    content = bytearray(places.randbytes(places.randrange(1, 5000)))
    (home / "segments.duckdb.wal").write_bytes(content)


def _foreign(home: Path, places: random.Random) -> None:
    (home / "segments.duckdb").unlink()
    with duckdb.connect(str(home / "segments.duckdb")) as database:
        database.execute(f"CREATE TABLE runs AS SELECT {places.randrange(99)} AS run_id")


def _write(home: Path, content: bytes) -> None:
    (home / "segments.duckdb").unlink()
    (home / "segments.duckdb").write_bytes(content)


READER = """
import sys, time, duckdb
looked = 0
while not sys.stdin.closed and looked < 10_000:
    with duckdb.connect(sys.argv[1], read_only=True) as database:
        found = database.execute('''
            SELECT (SELECT arg_max(run_id, started_at) FROM runs WHERE status = 'published'),
                (SELECT count(*) FROM customers), (SELECT sum(customers) FROM segments),
                (SELECT arg_max(rows_loaded, started_at) FROM runs WHERE status = 'published')
        ''').fetchone()
    looked += 1
    assert found[1] == found[2] == found[3], found
    import pathlib
    if pathlib.Path(sys.argv[2]).exists():
        break
print(looked)
"""

HOLDER = """
import sys, time, pathlib, duckdb
while not pathlib.Path(sys.argv[2]).exists():
    try:
        with duckdb.connect(sys.argv[1]) as database:
            for _ in range(3):
                time.sleep(0.2)
                database.execute("INSERT INTO customers BY NAME SELECT * REPLACE (customer_id || 'x' AS customer_id) FROM customers LIMIT 1")
    except duckdb.Error:
        time.sleep(0.01)
"""  # noqa: E501


def read_meanwhile(good: GoodHome, times: int) -> Counter[str]:
    """Publish again and again while four processes read, each time through a connection of its own."""
    with good.copy() as (home, before):
        stop = home / "stop"
        readers = [_python(READER, home / "segments.duckdb", stop) for _ in range(4)]
        with _stopped_by(stop):
            for _ in range(times):
                quick_night(good.source, home, force=True)
        looked = 0
        for reader in readers:
            said, error = reader.communicate()
            assert reader.returncode == 0, error
            looked += int(said)
        stop.unlink()
        judge(home, good.source, _still(home, before))
    return Counter({"publishes under four readers": times, "looks of readers, 0 errors, 0 mixed": looked})


def held_meanwhile(good: GoodHome, times: int) -> Counter[str]:
    """Publish again and again while a process opens whatever is published to write into it."""
    with good.copy() as (home, _):
        stop, foreign = home / "stop", 0
        for _ in range(times):
            with _python(HOLDER, home / "segments.duckdb", stop) as holder:
                with _stopped_by(stop):
                    (home / "segments.duckdb").chmod(0o644)
                    time.sleep(0.3)
                    quick_night(good.source, home, force=True)
                    time.sleep(0.7)
                _, error = holder.communicate()
            assert not error, error
            stop.unlink()
            foreign += value(home, "SELECT count(*) FROM customers") != 6
        assert foreign == 0, f"{foreign} of {times} new files have rows of another program"
    return Counter({"publishes under a writer, 0 foreign rows": times})


@contextmanager
def _stopped_by(stop: Path) -> Iterator[None]:
    """Make the file at whose sight the processes end, whatever happens."""
    try:
        yield
    finally:
        stop.touch()


def _still(home: Path, before: Before) -> Before:
    """Return what was published before, which must still be in the archive; after many publishes it may be too old."""
    return before if (home / "archive" / f"{before.run_id}.duckdb").exists() else look(home)


def _python(code: str, *arguments: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


def pairs(good: GoodHome, times: int) -> Counter[str]:
    """Start two runs of one home at the same moment: one publishes, the other says who holds the home."""
    found: Counter[str] = Counter()
    for _ in range(times):
        with good.copy() as (home, before):
            ended = together(good, home, 2)
            codes = sorted(one.exit_code for one in ended.values())
            assert codes == [0, 75], ended
            ((winner, _),) = [(pid, one) for pid, one in ended.items() if one.exit_code == 0]
            (refused,) = [one for one in ended.values() if one.exit_code == 75]
            assert f"another run is under way (pid {winner}, since " in refused.stderr, refused
            judge(home, good.source, before, refused)
            found["one of two published, the other named it"] += 1
    return found


def together(good: GoodHome, home: Path, n_runs: int) -> dict[int, Ended]:
    """Run nights of one home at one moment; by process how it ended."""
    gate, opened = os.pipe()
    os.set_inheritable(gate, True)

    def wait_at_gate() -> None:
        os.close(opened)
        os.read(gate, 1)

    children = [good.run(home, hooked=wait_at_gate) for _ in range(n_runs)]
    os.close(gate)
    os.close(opened)
    return {child.pid: child.wait() for child in children}


def order_of_calls(good: GoodHome, times: int) -> Counter[str]:
    """Trace what a run asks of the system: the bytes are flushed, the name is given, the directory is flushed."""
    for _ in range(times):
        with good.copy() as (home, _before):
            trace = home / "trace"
            command = [sys.executable, "-m", "flows", "run", good.source, "--home", home, *_OPTIONS]
            traced = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2", "-o", trace]
            subprocess.run(
                [*traced, *command],
                check=True,
                capture_output=True,
                cwd=ROOT,
                env={**os.environ, "PREFECT_API_URL": ""},
            )
            lines = trace.read_text().splitlines()
            (swap,) = [n for n, line in enumerate(lines) if re.search(r'rename.*/segments\.duckdb"\)? *=? *0?', line)
                       and "staging" in line]  # fmt: skip
            flushed = [
                n for n, line in enumerate(lines) if re.search(r"sync\(\d+<.*/staging/.*/segments\.duckdb>", line)
            ]
            root = [n for n, line in enumerate(lines) if re.search(rf"sync\(\d+<{re.escape(str(home))}>\)", line)]
            assert flushed, "the file's bytes are not flushed"
            assert max(flushed) < swap, "the name is given before the bytes are flushed"
            assert any(n > swap for n in root), "the directory is not flushed after the name is given"
    return Counter({"bytes flushed, name given, directory flushed": times})


#: Kind of fault -> what makes it, how often in the short version, and in the long one.
KINDS: dict[str, tuple[Callable[[GoodHome, int], Counter[str]], int, int]] = {
    "kills at calls": (killed_at_calls, 0, 10),
    "kills at random": (killed_at_random, 4, 500),
    "stops": (stopped, 1, 50),
    "full disk": (full_disk, 5, 30),
    "damage": (damaged, 7, 420),
    "readers": (read_meanwhile, 3, 100),
    "writer": (held_meanwhile, 1, 100),
    "pairs": (pairs, 3, 200),
    "order": (order_of_calls, 1, 3),
}
