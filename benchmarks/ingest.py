"""Time a delivery from file to validated tables, and its memory: copied, read, checked; nothing is fitted.

Run: python -m benchmarks.ingest [ROWS] [--quoted] [--file FILE]. Each field stands in quotes with --quoted, so that the
general path is taken. The file is generated in the retailer's own format, or the one given is read.
"""

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generate import write_customers

_ROWS = 1_000_000


class _Validated(Exception):
    """Ends a night whose tables have been validated."""


def run_steps(source: Path, home: Path) -> None:
    """Print the seconds of each step, and the peak memory of the process when it ended."""
    from tasks.delivery import take
    from tasks.ingest import ingest
    from tasks.night import begin_night
    from tasks.validate import validate
    from warehouse.run import Order

    try:
        with begin_night(Order(str(source), home=str(home))) as run:
            start = time.perf_counter()
            for name, step in {"delivery": take, "ingest": ingest, "validate": validate}.items():
                step(run)
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
                print(f"{name:9} {time.perf_counter() - start:6.1f} s  peak {peak:5.0f} MB", flush=True)
            raise _Validated
    except _Validated:
        return


def main(rows: int, *, is_quoted: bool, given: Path | None) -> None:
    """Run the steps in a process of their own, on a file that is given or generated."""
    with tempfile.TemporaryDirectory() as folder:
        source = given or Path(folder) / "customers.csv"
        if given is None:
            write_customers(source, rows)
            if is_quoted:
                source = _quoted(source)
        subprocess.run(
            [sys.executable, "-m", "benchmarks.ingest", "--steps", f"{folder}/home", "--file", str(source)], check=True
        )


def _quoted(source: Path) -> Path:
    """Write the customers with every field in quotes, the list as one of them."""
    quoted = source.with_name("quoted.csv")
    with source.open() as lines, quoted.open("w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(line.rstrip("\n").split(",", 2) for line in lines)
    return quoted


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="?", type=int, default=_ROWS)
    parser.add_argument("--quoted", action="store_true")
    parser.add_argument("--file", type=Path)
    parser.add_argument("--steps", type=Path, metavar="HOME", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.steps:
        run_steps(arguments.file, arguments.steps)
    else:
        main(arguments.rows, is_quoted=arguments.quoted, given=arguments.file)
