"""Measure the night beside others who segment the same customers, in turn, on this machine.

Run: make bench, or python -m benchmarks with options. A line a run, then the ratios of the medians.
Seconds of a busy machine mean little, so its load stands beside them; the ratios of things that ran in
turn mean more.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.contestants import Bench, Contestant, contestants, measure_night, python_with
from benchmarks.figures import NIGHT, Figures, curve_differences, header, line, ratios, write_csv
from benchmarks.timing import CommandFailed, timed

_UNITS = {"k": 1_000, "M": 1_000_000}
_SIZES = "5k,20k,100k,1M"
_PEERS = ("textbook", "silhouette", "spark", "intelex")


def size_of(text: str) -> int:
    """Return a number of customers as people write it: 5k, 1M or 5000."""
    factor = _UNITS.get(text[-1:], 1)
    return int(float(text.rstrip("kM")) * factor)


def figures_of(
    sizes: Sequence[int],
    runs: int,
    measured: Sequence[Contestant],
    spark_python: str | None,
    intelex_python: str | None,
) -> Iterator[Figures]:
    """Yield the figures of every contestant in turn, turn after turn, size after size."""
    for customers in sizes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "customers.csv"
            # Not here, as the memory of this process would count as that of those it starts.
            timed("benchmarks.generate", str(source), str(customers))
            for run in range(1, runs + 1):
                bench = Bench(Path(folder), source, customers, run, spark_python, intelex_python)
                yield from (_measured(one, bench) for one in measured if one.takes(customers))


def _measured(contestant: Contestant, bench: Bench) -> Figures:
    load = os.getloadavg()[0]
    try:
        return replace(contestant.measure(bench), load=load)
    except CommandFailed as failure:
        return Figures(contestant.who, bench.customers, bench.run, 0, 0, 0, load=load, note=str(failure))


def main() -> None:
    """Print the table as it grows, then the ratios; write the files that were asked for."""
    options = _options()
    spark_python = python_with(options.spark_python, "pyspark")
    intelex_python = python_with(options.intelex_python, "sklearnex", "pandas")
    there = contestants(spark_python, intelex_python)
    peers = options.peers.split(",") if options.peers is not None else [peer for peer in _PEERS if peer in there]
    for peer in [peer for peer in peers if peer and peer not in there]:
        raise SystemExit(f"there is no {peer} to measure: --peers takes {', '.join(there)}")
    measured = [Contestant(NIGHT, measure_night), *(one for peer in peers if peer for one in there[peer])]
    sizes = [size_of(text) for text in options.sizes.split(",")]
    print(f"{os.cpu_count()} cores; not there: {', '.join(peer for peer in _PEERS if peer not in there) or 'nothing'}")
    print(header())
    found: list[Figures] = []
    for one in figures_of(sizes, options.runs, measured, spark_python, intelex_python):
        found.append(one)
        print(line(one), flush=True)
        if options.csv:
            write_csv(options.csv, found)
    print(
        "\n".join(["", *(f"{ratio.value:8.2f}  {ratio.words}" for ratio in ratios(found)), *curve_differences(found)])
    )
    if options.plot:
        from benchmarks.plot import draw

        options.plot.write_text(draw(found), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", default=_SIZES, help=f"customers, between commas: {_SIZES} by default, 10M too")
    parser.add_argument("--peers", help=f"who else, between commas: {','.join(_PEERS)}; all that are there by default")
    parser.add_argument("--runs", type=int, default=1, help="turns; the ratios are those of medians")
    parser.add_argument("--csv", type=Path, help="write the figures to this file")
    parser.add_argument("--plot", type=Path, help="draw seconds against customers into this SVG file")
    parser.add_argument(
        "--spark-python", default=os.environ.get("BENCH_SPARK_PYTHON"), help="a Python that has pyspark"
    )
    parser.add_argument(
        "--intelex-python",
        default=os.environ.get("BENCH_INTELEX_PYTHON"),
        help="a Python that has scikit-learn-intelex and pandas",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
