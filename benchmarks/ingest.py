"""Time a file from delivery to validated tables in a process of its own, and the memory that takes.

Run: python -m benchmarks.ingest [CUSTOMERS] [--quoted]. A million customers by default, in the
retailer's own format with a list without quotes; with --quoted every field is in quotes, which takes
the general way through the reader. Memory is the largest resident set of the whole process, imports
of pandas, pandera and DuckDB (some 190 MB) and all; it should not grow with the number of customers.
"""

import argparse
import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.generate import write_customers
from benchmarks.timing import timed

_CUSTOMERS = 1_000_000

#: Customers generated at a time, as the generator holds them all.
_PART = 1_000_000


def write_file(path: Path, n_customers: int, *, is_quoted: bool) -> None:
    """Write a customers file of any size, with every field in quotes or none."""
    part = path.with_suffix(".part")
    with path.open("w") as file:
        for number, first in enumerate(range(0, n_customers, _PART)):
            write_customers(part, min(_PART, n_customers - first), seed=number)
            with part.open() as lines:
                header = next(lines)
                file.writelines([header] if first == 0 else [])
                file.writelines(_quoted(line) if is_quoted else line for line in lines)
    part.unlink(missing_ok=True)


def measure(source: Path, home: Path) -> None:
    """Print as JSON, a line a step, its name, seconds, peak memory in MB so far and the counts of rows."""
    from tasks.deliver import deliver
    from tasks.ingest import ingest
    from tasks.run.lifecycle import begin_night
    from tasks.run.step import peak_mb
    from tasks.validate import validate
    from warehouse.home.run import Order

    logging.disable(logging.CRITICAL)
    with begin_night(Order(str(source), home=str(home))) as run:
        results: list[Any] = []
        for step in (deliver, ingest, validate):
            start = time.perf_counter()
            counts = step(run, *results)
            results.append(counts)
            seconds = time.perf_counter() - start
            rows = {name: value for name, value in vars(counts).items() if name.startswith("rows_")}
            print(json.dumps({"step": step.__name__, "seconds": seconds, "peak_mb": peak_mb(), **rows}), flush=True)


def main(n_customers: int, *, is_quoted: bool) -> None:
    """Print the rows, the seconds by step and in all, and the peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "customers.csv"
        # Not here, as the memory of this process would count as that of its children.
        timed("benchmarks.ingest", "--write", str(source), str(n_customers), *(["--quoted"] if is_quoted else []))
        size = source.stat().st_size / 1e6
        took = timed("benchmarks.ingest", "--measure", str(source), str(Path(folder) / "home"))
    steps = [json.loads(line) for line in took.printed.splitlines()]
    print(f"{n_customers:,} customers, {size:.0f} MB, {'every field quoted' if is_quoted else 'no quotes'}")
    for step in steps:
        print(f"{step['step']:>9} {step['seconds']:7.2f} s   peak {step['peak_mb']:6.0f} MB")
    rows = steps[-1]
    print(
        f"{'in all':>9} {sum(step['seconds'] for step in steps):7.2f} s   peak {rows['peak_mb']:6.0f} MB   "
        f"{rows['rows_loaded']:,} rows loaded, {rows['rows_rejected']:,} rejected"
    )


def _quoted(line: str) -> str:
    """Return a line with its three fields in quotes; the list is what stands behind the second comma."""
    return '"' + '","'.join(line.rstrip("\n").split(",", 2)) + '"\n'


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1:2] == ["--write"]:
        write_file(Path(sys.argv[2]), int(sys.argv[3]), is_quoted="--quoted" in sys.argv)
    else:
        parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest")
        parser.add_argument("customers", nargs="?", type=int, default=_CUSTOMERS)
        parser.add_argument("--quoted", action="store_true", help="put every field in quotes")
        options = parser.parse_args()
        main(options.customers, is_quoted=options.quoted)
