"""Does scoring give the segments that a run published, at any size, by command and in plain SQL?

Run: python -m benchmarks.scoring [--customers N] [--real FILE DATASET] [--duckdb PYTHON,...]. A run on generated
customers, or on as many drawn from a real file with their numbers changed by 5 %; then the same file is scored by
``segments score``, and the customers of the published file by the macro ``score_customer`` alone, in this DuckDB and in
those that other Pythons have. Printed: seconds, customers in another segment, and the largest difference of a distance.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.nights import aged
from flows.night import night
from flows.scoring import score_customers
from schemas.dataset import columns_of, identifier_of
from schemas.loading import load_dataset
from warehouse.home.run import Order

_COMPARED = """
    SELECT count(*), count(*) FILTER (scored.segment_id <> own.segment_id), max(abs(scored.distance - own.distance))
    FROM {scored} AS scored JOIN customer_segments AS own USING (customer_id)
"""

_ASK = """
import sys, time, duckdb
database = duckdb.connect(sys.argv[1], read_only=True)
database.execute("SET enable_progress_bar = false")
start = time.perf_counter()
print(duckdb.__version__, *database.execute(sys.argv[2]).fetchall()[0], round(time.perf_counter() - start, 1))
"""


def generated(folder: Path, n_customers: int) -> tuple[Path, str]:
    """Write generated customers; return the file and its dataset."""
    path = folder / "customers.csv"
    maker = Path(__file__).parent.parent / "samples" / "make_customers.py"
    command = [sys.executable, str(maker), "--customers", str(n_customers), "--output", str(path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return aged(path), "customers"


def drawn(folder: Path, n_customers: int, source: Path, dataset: str) -> tuple[Path, str]:
    """Write customers drawn from a real file, with the numbers changed a little; return the file and its dataset."""
    random, columns = np.random.default_rng(0), columns_of(load_dataset(dataset))
    frame = pd.read_csv(source, dtype={column.header: str for column in columns if column.value_type is not float})
    frame = frame.iloc[random.integers(0, len(frame), n_customers)].reset_index(drop=True)
    for name in frame.select_dtypes("float"):
        changed = frame[name] * np.exp(random.normal(0, 0.05, n_customers))
        frame[name] = changed.clip(frame[name].min(), frame[name].max()).round(6)
    if identifier := identifier_of(columns):
        frame[identifier.header] = [_identifier(number) for number in range(n_customers)]
    path = folder / "customers.csv"
    frame.to_csv(path, index=False)
    return aged(path), dataset


def _identifier(number: int) -> str:
    """Return a text of four digits and five capitals, as the telephone company's customers have."""
    letters = "".join(chr(ord("A") + number // 10_000 // 26**place % 26) for place in range(5))
    return f"{number % 10_000:04}-{letters}"


def timed(what: str, work: Callable[[], object]) -> None:
    """Do some work and print its seconds."""
    start = time.perf_counter()
    work()
    print(f"{what}: {time.perf_counter() - start:.1f} s", flush=True)


def main() -> None:
    """Run, score, compare."""
    parser = argparse.ArgumentParser(description="Compare scores with the segments of a run.")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--real", nargs=2, metavar=("FILE", "DATASET"), help="real file, and what declares it")
    parser.add_argument("--duckdb", default=sys.executable, help="Pythons with a DuckDB, separated by commas")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, dataset = (
            drawn(folder, arguments.customers, Path(arguments.real[0]), arguments.real[1])
            if arguments.real
            else generated(folder, arguments.customers)
        )
        home = folder / "home"
        timed("run", lambda: night(Order(str(source), dataset=dataset, home=str(home), accept_volume=True)))
        timed("segments score", lambda: score_customers(str(source), home))
        names = ", ".join(f'"{one.name}"' for one in columns_of(load_dataset(dataset)) if one.is_feature)
        macro = f"(SELECT customer_id, s.* FROM (SELECT customer_id, score_customer({names}) AS s FROM customers))"
        print("DuckDB, customers, in another segment, largest difference of a distance, seconds")
        for what, scored in (("score", "scored_customers"), ("macro", macro)):
            for python in arguments.duckdb.split(","):
                ask = [python, "-c", _ASK, str(home / "segments.duckdb"), _COMPARED.format(scored=scored)]
                print(what, subprocess.run(ask, check=True, capture_output=True, text=True).stdout, end="", flush=True)


if __name__ == "__main__":
    main()
