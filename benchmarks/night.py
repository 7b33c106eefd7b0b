"""Time the whole night beside the textbook's way, on the same file, in turn, on this machine.

Run: make bench, or python -m benchmarks.night [CUSTOMERS ...]. The ratio is the textbook's seconds over
those of the night, Prefect's start aside; the machine's speed cancels out of it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.generate import write_customers

_SIZES = (5_000, 20_000)
_RUNS = 3


@dataclass(frozen=True)
class Timed:
    """A command that ended: wall seconds, peak memory of its largest process in MB, what it printed."""

    seconds: float
    peak_mb: float
    printed: str


def timed(*arguments: str) -> Timed:
    """Run a Python module and return what it took."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None  # noqa: S101
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with exit code {process.returncode}")
    return Timed(time.perf_counter() - start, usage.ru_maxrss / 1000, printed)


def compare(source: Path, home: Path) -> dict[str, Any]:
    """Return the figures of one turn: the textbook's way, then the night."""
    textbook = timed("benchmarks.textbook", str(source))
    night = timed("flows", "run", str(source), "--home", str(home), "--force", "--json")
    run = json.loads(night.printed)["run"]
    manifest = json.loads((home / "runs" / run["run_id"] / "manifest.json").read_text())
    own = _moment(manifest["finished_at"]) - _moment(manifest["started_at"])
    return {
        "textbook": textbook.seconds,
        "night": own,
        "prefect": night.seconds - own,
        "ratio": textbook.seconds / own,
        "textbook MB": textbook.peak_mb,
        "night MB": night.peak_mb,
        "steps": {step["step"]: step["seconds"] for step in manifest["steps"]},
    }


def main(sizes: list[int]) -> None:
    """Print a line a turn, and the seconds of the steps of the last one."""
    names = ("textbook", "night", "prefect", "ratio", "textbook MB", "night MB")
    print("customers  " + "  ".join(f"{name:>11}" for name in names))
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            source = Path(folder) / f"{size}.csv"
            write_customers(source, size)
            for _ in range(_RUNS):
                turn = compare(source, Path(folder) / "home")
                print(f"{size:9,}  " + "  ".join(f"{turn[name]:11.1f}" for name in names), flush=True)
            print("           " + "  ".join(f"{step} {seconds:.2f}" for step, seconds in turn["steps"].items()))


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or list(_SIZES))
