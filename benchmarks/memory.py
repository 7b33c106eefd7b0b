"""Run a whole night under a hard limit of memory and say how near it came.

Run: python -m benchmarks.memory [--customers 1M] [--limit-mib 1024] [--source FILE]. The limit is that of
a control group of Linux, which kills whoever goes beyond it; who may not make one has the processes
watched instead, and killed above the limit. A group counts cached pages of files too, which it gives
back before anybody is killed, so the peak of all may touch the limit; what the processes themselves
hold is printed beside it.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.__main__ import size_of
from benchmarks.timing import resident_mb, timed

_CGROUPS = Path("/sys/fs/cgroup")
_EVERY_SECONDS = 0.05
_MIB = 1 << 20


@dataclass(frozen=True)
class Group:
    """A control group; its files have other names in the two versions of Linux's control groups."""

    folder: Path
    is_first_version: bool

    def limit(self, n_bytes: int) -> None:
        """Have Linux kill whoever in the group goes beyond so many bytes, swapped ones included."""
        names = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes") if self.is_first_version else ("memory.max",)
        for name in names:
            if (self.folder / name).exists():
                (self.folder / name).write_text(str(n_bytes))
        if not self.is_first_version and (self.folder / "memory.swap.max").exists():
            (self.folder / "memory.swap.max").write_text("0")

    def anonymous_mb(self) -> float:
        """Return what the processes of the group hold now, cached files aside."""
        name = "total_rss" if self.is_first_version else "anon"
        return _fact(self.folder / "memory.stat", name) / 1e6

    def peak_mb(self) -> float:
        """Return the most that the group had, cached files included; NaN where Linux does not say."""
        path = self.folder / ("memory.max_usage_in_bytes" if self.is_first_version else "memory.peak")
        return int(path.read_text()) / 1e6 if path.exists() else float("nan")

    def n_refused(self) -> int:
        """Return how often the group was at its limit and gave back cached pages."""
        if not self.is_first_version:
            return _fact(self.folder / "memory.events", "max")
        paths = (self.folder / "memory.failcnt", self.folder / "memory.memsw.failcnt")
        return sum(int(path.read_text()) for path in paths if path.exists())

    def n_killed(self) -> int:
        """Return how many processes Linux killed for the limit."""
        return _fact(self.folder / ("memory.oom_control" if self.is_first_version else "memory.events"), "oom_kill")


@contextmanager
def new_group() -> Iterator[Group | None]:
    """Make a control group for a while; None where that is not allowed."""
    is_first_version = (_CGROUPS / "memory").is_dir()
    folder = (_CGROUPS / "memory" if is_first_version else _CGROUPS) / f"segments-bench-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError:
        yield None
        return
    try:
        # A group of the second version may be made and still have no say in memory.
        yield Group(folder, is_first_version) if (folder / "memory.stat").exists() else None
    finally:
        _emptied(folder)
        folder.rmdir()


def run_in(group: Group | None, limit_bytes: int, command: list[str]) -> tuple[int, str, float]:
    """Run a command under the limit; return its exit code, what it printed, and the most MB it held itself."""
    if group:
        group.limit(limit_bytes)
        # The shell enters the group, so that all that it starts is in it from the first page on.
        command = ["/bin/sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(group.folder), *command]
    peak = 0.0
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(command, stdout=printed, start_new_session=True)
        while process.poll() is None:
            time.sleep(_EVERY_SECONDS)
            now = group.anonymous_mb() if group else resident_mb(process.pid)
            peak = max(peak, now)
            if not group and now * 1e6 > limit_bytes:
                os.killpg(process.pid, signal.SIGKILL)
        printed.seek(0)
        return process.returncode, printed.read(), peak


def main() -> None:
    """Print whether the night was published, what it took, and the memory by step."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder, new_group() as group:
        source, home = options.source or Path(folder) / "customers.csv", Path(folder) / "home"
        if not options.source:
            timed("benchmarks.generate", str(source), str(size_of(options.customers)))
        how = "a control group" if group else "watching, as no control group can be made here"
        print(f"{options.limit_mib:,} MiB ({options.limit_mib * _MIB / 1e6:,.0f} MB), kept by {how}", flush=True)
        start = time.perf_counter()
        command = [sys.executable, "-m", "flows", "run", str(source), "--home", str(home), "--force", "--json"]
        exit_code, printed, peak = run_in(group, options.limit_mib * _MIB, command)
        print(f"exit code {exit_code} after {time.perf_counter() - start:.1f} s, load {os.getloadavg()[0]:.1f}")
        print(f"{peak:8,.0f} MB at most held by its processes")
        if group:
            print(
                f"{group.peak_mb():8,.0f} MB at most with cached files, at the limit {group.n_refused():,} times, "
                f"{group.n_killed()} killed"
            )
        if exit_code == 0:
            _show_steps(printed, home)
    raise SystemExit(exit_code)


def _show_steps(printed: str, home: Path) -> None:
    run = json.loads(printed)["run"]
    manifest = json.loads((home / "runs" / run["run_id"] / "manifest.json").read_text(encoding="utf-8"))
    print(f"{manifest['message']}; the flow's own process after each step:")
    for step in manifest["steps"]:
        print(f"{step['step']:>12} {step['seconds']:8.2f} s   peak {step.get('peak_mb', float('nan')):6,.0f} MB")


def _fact(path: Path, name: str) -> int:
    """Return a number of a file of names and numbers; 0 where it is not told."""
    facts = dict(line.split() for line in path.read_text().splitlines())
    return int(facts.get(name, 0))


def _emptied(folder: Path) -> None:
    """Wait until what was killed in a group is gone, as only an empty one can be removed."""
    for _ in range(100):
        if not (folder / "cgroup.procs").read_text().strip():
            return
        time.sleep(0.1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--customers", default="1M")
    parser.add_argument("--limit-mib", type=int, default=1024)
    parser.add_argument("--source", type=Path, help="a customers file instead of a generated one")
    return parser.parse_args()


if __name__ == "__main__":
    main()
