"""Do customers keep their segment number from run to run? Whole runs on a shop's daily files, by three numberings.

Run: python -m benchmarks.continuity [--customers N,...] [--runs N] [--deaths N] [--real] [--year N]. Each day 1 % of
the customers leave and come, 1 % change a product, ages drift and the rows are shuffled. Printed is the share with the
same number, of the customers of both days whose segment is still of the same planted kind: over all days, and on the
worst one; and how often a segment changed its name. "refit" is scikit-learn's k-means with a seed of its own per day,
"by size" the same with the largest segment first. With --deaths, one kind closes on the day another one opens, once per
seed: how often the new one takes its number. With --real, real files of $SEGMENTS_TEST_DATA/customers lose 5 % of their
rows anew on ten days: how many of the customers of both days have the same number. With --year, 10,000 customers have
so many days in one home: bytes at both ends, and seconds and memory of the last ten days beside a home that has only
those.
"""

import argparse
import logging
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import KMeans

from benchmarks.daily_files import SCHEMA, Shop
from benchmarks.nights import aged
from tasks.run.step import peak_mb

Labels = npt.NDArray[np.int64]

_FIRST_DAY = date(2026, 1, 1)

#: Real file -> its schema in tests/schemas.
_REAL = {
    "telco_churn.csv": "telco_churn",
    "mall_customers.csv": "mall_age_income_score",
    "cc_general_variant_extra_empty_col.csv": "credit_card",
    "bank_additional.csv": "bank_additional",
}


@dataclass(frozen=True)
class Day:
    """The segments of a day by one numbering.

    Attributes:
        segment_of: number of each customer's segment.
        kind_of: the planted kind of each, where that is known.
        facts: level of the verdict, encoding and k.
    """

    segment_of: pd.Series
    kind_of: pd.Series = field(default_factory=lambda: pd.Series(dtype=np.int64))
    facts: tuple[str, ...] = ()

    def kinds(self) -> pd.Series:
        """Return the planted kind that most customers of each customer's segment have."""
        most = self.kind_of.groupby(self.segment_of).agg(lambda kinds: kinds.mode().iloc[0])
        return self.segment_of.map(most)


def kept(before: Day, now: Day) -> float:
    """Return the share of customers with the same number, of those of both days whose segment is of the same kind."""
    both = before.segment_of.index.intersection(now.segment_of.index)
    same_kind = before.kinds()[both] == now.kinds()[both]
    same = before.segment_of[both] == now.segment_of[both]
    return float(same[same_kind].mean())


def daily_segments(n_customers: int, n_runs: int, folder: Path) -> dict[str, list[Day]]:
    """Run the product and both refits on as many days of a shop."""
    shop, found = Shop(n_customers), {"segments run": [], "refit": [], "by size": []}
    for number in range(n_runs):
        if number:
            shop.next_day()
        found["segments run"].append(run_day(shop, folder, number))
        k = found["segments run"][-1].segment_of.nunique()
        refit = KMeans(k, n_init=10, random_state=number).fit_predict(_standardized(shop))
        found["refit"].append(_day(shop, refit))
        by_size = np.argsort(np.argsort(-np.bincount(refit), kind="stable"))
        found["by size"].append(_day(shop, by_size[refit]))
    return found


def run_day(shop: Shop, folder: Path, number: int, **order: Any) -> Day:
    """Run the product on the shop's customers of a day."""
    from tests.nights import rows, run_night

    source, schema = folder / "daily.csv", folder / "daily.py"
    shop.write(source)
    aged(source)
    schema.write_text(SCHEMA)
    as_of = _FIRST_DAY + timedelta(days=number)
    run_night(source, folder / "home", dataset=str(schema), as_of=as_of, **order)
    found = dict(rows(folder / "home", "SELECT customer_id, segment_id FROM customer_segments"))
    return _day(shop, np.array([found[f"C{customer}"] for customer in shop.ids]))


def name_changes(home: Path) -> int:
    """Return how often the segment whose name changed most often had another one than in the run before."""
    from tests.nights import rows

    names: dict[int, list[str]] = {}
    query = """
        SELECT segment_id, name FROM (SELECT as_of, segment_id, name FROM history.segments
            UNION ALL SELECT (SELECT max(as_of) FROM runs), segment_id, name FROM segments) ORDER BY as_of"""
    for segment_id, name in rows(home, query):
        names.setdefault(segment_id, []).append(name)
    return max(sum(before != now for before, now in pairwise(own)) for own in names.values())


def takes_number(seed: int, n_customers: int) -> bool:
    """Return whether a kind that opens on the day another one closes takes its number, of 95 % the same customers."""
    with tempfile.TemporaryDirectory(prefix="segments-continuity-") as folder:
        shop = Shop(n_customers, churn=0.05, seed=seed)
        before = run_day(shop, Path(folder), 0)
        shop.next_day()
        closed = seed % 5
        shop.close(closed)
        shop.open(5 + seed % 3, n_customers // 5)
        now = run_day(shop, Path(folder), 1)
    numbers = before.segment_of[before.kinds() == closed].unique()
    opened = now.segment_of[now.kinds() == 5 + seed % 3].unique()
    return bool(set(numbers) & set(opened))


def print_real_files(names: Sequence[str] = tuple(_REAL), n_runs: int = 10) -> None:
    """Print of each real file the verdicts, encodings and ks of its days, and how many customers keep their number."""
    folder = Path(os.environ.get("SEGMENTS_TEST_DATA", "../shared/data")) / "customers"
    print(f"{'file':<36} {'verdicts':<12} {'encodings':<12} {'k':<6} {'kept':>8} {'worst day':>9} {'numbers':>7}")
    for name in names:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        with tempfile.TemporaryDirectory(prefix="segments-continuity-") as home:
            days = [_real_day(lines, Path(home), number, _REAL[name]) for number in range(n_runs)]
        shares = [
            float((before.segment_of == now.segment_of[before.segment_of.index]).mean())
            for before, now in _common(days)
        ]
        told = [",".join(sorted({str(day.facts[place]) for day in days})) for place in range(3)]
        numbers = max(day.segment_of.max() for day in days)
        print(
            f"{name:<36} {told[0]:<12} {told[1]:<12} {told[2]:<6} {np.mean(shares):>8.2%} {min(shares):>9.2%} "
            f"{numbers:>7}"
        )


def print_year(n_runs: int, n_customers: int = 10_000, n_compared: int = 10) -> None:
    """Print bytes of a home at both ends of a year, and its last days beside a home of those days alone.

    Each compared day runs in a new process on each home, on the same file.
    """
    shop, sizes, costs = Shop(n_customers), [], []
    with tempfile.TemporaryDirectory(prefix="segments-continuity-") as parent:
        year, days = Path(parent) / "year", Path(parent) / "days"
        for folder in (year, days):
            folder.mkdir()
        for number in range(n_runs):
            if number:
                shop.next_day()
            if number < n_runs - n_compared:
                run_day(shop, year, number, k=5)
            else:
                costs.append([_measured(shop, folder, number) for folder in (year, days)])
            sizes.append((year / "home" / "segments.duckdb").stat().st_size)
    # The first day of the younger home fits its model.
    (seconds, peak), (fewer_seconds, fewer_peak) = np.median(costs[1:], axis=0)
    print(f"{n_runs} runs of {n_customers:,} customers: {sizes[0]:,} bytes after one, {sizes[-1]:,} at the end")
    print(f"the last days, after a year and alone: {seconds:.2f} s and {fewer_seconds:.2f} s", end=", ")
    print(f"at most {peak:.0f} MB and {fewer_peak:.0f} MB of memory")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="Do customers keep their segment number from run to run?")
    parser.add_argument("--customers", default="2000", help="sizes, as in 2000,50000; 0 for none")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--deaths", type=int, default=0, help="seeds of the second table")
    parser.add_argument("--real", action="store_true", help="real files on ten days")
    parser.add_argument("--year", type=int, default=0, help="days of 10,000 customers in one home")
    options = parser.parse_args(arguments)
    logging.getLogger("tasks").setLevel(logging.WARNING)
    print(f"{'customers':>9} {'runs':>4} {'numbering':<12} {'kept':>8} {'worst day':>9}")
    for n_customers in filter(None, map(int, options.customers.split(","))):
        with tempfile.TemporaryDirectory(prefix="segments-continuity-") as folder:
            found = daily_segments(n_customers, options.runs, Path(folder))
            changes = name_changes(Path(folder) / "home")
        for numbering, days in found.items():
            shares = [kept(before, now) for before, now in pairwise(days)]
            print(f"{n_customers:>9,} {options.runs:>4} {numbering:<12} {np.mean(shares):>8.2%} {min(shares):>9.2%}")
        print(f"no segment changed its name more than {changes} times")
    if options.deaths:
        taken = sum(takes_number(seed, 1_000) for seed in range(options.deaths))
        print(f"a kind that opens took the number of one that closes: {taken} of {options.deaths}")
    if options.real:
        print_real_files()
    if options.year:
        print_year(options.year)


def _measured(shop: Shop, folder: Path, number: int) -> tuple[float, float]:
    """Return seconds and most MB of memory of a day's run in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as process:
        return process.apply(_measured_here, (shop, folder, number))


def _measured_here(shop: Shop, folder: Path, number: int) -> tuple[float, float]:
    """Run a day with its imports made, and say what it took of this process."""
    from tests import nights  # noqa: F401

    start = time.perf_counter()
    run_day(shop, folder, number, k=5)
    return time.perf_counter() - start, peak_mb()


def _real_day(lines: Sequence[str], folder: Path, number: int, schema: str) -> Day:
    """Run the product on 95 % of the rows of a file, whose numbers are those of the customers."""
    from tests.acceptance.real_files import SCHEMAS
    from tests.nights import rows, run_night

    random = np.random.default_rng(number)
    kept = random.permutation(np.arange(1, len(lines)))[: round(0.95 * (len(lines) - 1))]
    source = folder / "daily.csv"
    source.write_text("\n".join([lines[0], *(lines[row] for row in kept), ""]), encoding="utf-8")
    as_of = _FIRST_DAY + timedelta(days=number)
    run_night(aged(source), folder / "home", dataset=str(SCHEMAS / f"{schema}.py"), as_of=as_of)
    found = rows(
        folder / "home",
        "SELECT line_number, segment_id FROM customers JOIN customer_segments USING (customer_id) ORDER BY line_number",
    )
    facts = rows(folder / "home", "SELECT verdict_level, encoding, n_clusters FROM runs ORDER BY started_at")[-1]
    places, numbers = np.array(found).T
    return Day(pd.Series(numbers, index=kept[places - 2]), facts=facts)


def _common(days: Sequence[Day]) -> Iterator[tuple[Day, Day]]:
    """Yield each day and the next, the former with the customers of both."""
    for before, now in pairwise(days):
        both = before.segment_of.index.intersection(now.segment_of.index)
        yield Day(before.segment_of[both]), now


def _day(shop: Shop, labels: Labels) -> Day:
    return Day(pd.Series(labels, index=shop.ids), pd.Series(shop.kind_of, index=shop.ids))


def _standardized(shop: Shop) -> npt.NDArray[np.float64]:
    """Return the textbook's encoding: standardized age, one column per state and per product."""
    states = shop.states[:, None] == np.arange(shop.states.max() + 1)
    ages = (shop.ages - shop.ages.mean()) / shop.ages.std()
    return np.column_stack([ages, states, shop.bought]).astype(np.float64)


if __name__ == "__main__":
    main()
