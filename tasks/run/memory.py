"""Find how much memory is available: what a cgroup or the machine has left, or what the user allows."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.environment import MEMORY_MB, allowed_megabytes


@dataclass(frozen=True)
class Memory:
    """Bytes that this process may take besides what it has, and who says so."""

    n_bytes: int
    limit: str


def memory_there(proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")) -> Memory:
    """Return the least of what the user, the control groups of this process and the machine leave.

    Raises:
        UsageError: SEGMENTS_MEMORY_MB is not a number of megabytes.
    """
    found = [*_allowed(proc), *_left_by_groups(proc, cgroups), *_left_by_machine(proc)]
    return min(found, key=lambda memory: memory.n_bytes)


def _allowed(proc: Path) -> Iterator[Memory]:
    megabytes = allowed_megabytes()
    if megabytes is not None:
        yield Memory(max(0, megabytes * 1_000_000 - _used(proc)), f"{MEMORY_MB}={megabytes}")


def _used(proc: Path) -> int:
    """Return the bytes that this process has in memory; 0 where the system does not say."""
    try:
        return int((proc / "self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _left_by_groups(proc: Path, cgroups: Path) -> Iterator[Memory]:
    """Yield what each control group leaves that this process is in, of version 2 and of version 1."""
    for line in _text(proc / "self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            names, root = ("memory.max", "memory.current", ""), cgroups
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")
            root = cgroups / "memory"
        else:
            continue
        own = root / path.lstrip("/")
        for group in (own, *own.parents):
            if group.is_relative_to(root):
                yield from _left_by(group, *names)


def _left_by(group: Path, limit_name: str, used_name: str, of_all: str) -> Iterator[Memory]:
    limit, used = _text(group / limit_name).strip(), _text(group / used_name).strip()
    if not limit.isdecimal() or not used.isdecimal():
        return
    statistics = dict(line.split(maxsplit=1) for line in _text(group / "memory.stat").splitlines())
    # Pages of files that were read count as used, and are given back when they are needed.
    reclaimable = sum(int(statistics.get(f"{of_all}{name}", 0)) for name in ("inactive_file", "active_file"))
    left = int(limit) - int(used) + reclaimable
    yield Memory(max(0, left), f"the control group's limit of {int(limit) / 1e6:,.0f} MB")


def _left_by_machine(proc: Path) -> Iterator[Memory]:
    for line in _text(proc / "meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            yield Memory(int(line.split()[1]) * 1024, "what the machine has left")
            return
    yield Memory(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), "all that the machine has")


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
