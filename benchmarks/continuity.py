"""Do customers keep their segment number from run to run? Whole runs on a shop's daily files, by three numberings.

Run: python -m benchmarks.continuity [--customers N,...] [--runs N] [--deaths N]. Each day 1 % of the customers leave
and come, 1 % change a product, ages drift and the rows are shuffled. Printed is the share with the same number, of the
customers of both days whose segment is still of the same planted kind: over all days, and on the worst one. "refit" is
scikit-learn's k-means with a seed of its own per day, "by size" the same with the largest segment first. With --deaths,
one kind closes on the day another one opens, once per seed: how often the new one takes its number.
"""

import argparse
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import KMeans

from benchmarks.daily_files import SCHEMA, Shop
from benchmarks.nights import aged

Labels = npt.NDArray[np.int64]

_FIRST_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Day:
    """The segments of a day by one numbering; one row per customer."""

    segment_of: pd.Series
    kind_of: pd.Series

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


def run_day(shop: Shop, folder: Path, number: int) -> Day:
    """Run the product on the shop's customers of a day."""
    from tests.nights import rows, run_night

    source, schema = folder / "daily.csv", folder / "daily.py"
    shop.write(source)
    aged(source)
    schema.write_text(SCHEMA)
    as_of = _FIRST_DAY + timedelta(days=number)
    run_night(source, folder / "home", dataset=str(schema), as_of=as_of)
    found = dict(rows(folder / "home", "SELECT customer_id, segment_id FROM customer_segments"))
    return _day(shop, np.array([found[f"C{customer}"] for customer in shop.ids]))


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


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="Do customers keep their segment number from run to run?")
    parser.add_argument("--customers", default="2000", help="sizes, as in 2000,50000")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--deaths", type=int, default=0, help="seeds of the second table")
    options = parser.parse_args(arguments)
    logging.getLogger("tasks").setLevel(logging.WARNING)
    print(f"{'customers':>9} {'runs':>4} {'numbering':<12} {'kept':>8} {'worst day':>9}")
    for n_customers in map(int, options.customers.split(",")):
        with tempfile.TemporaryDirectory(prefix="segments-continuity-") as folder:
            found = daily_segments(n_customers, options.runs, Path(folder))
        for numbering, days in found.items():
            shares = [kept(before, now) for before, now in pairwise(days)]
            print(f"{n_customers:>9,} {options.runs:>4} {numbering:<12} {np.mean(shares):>8.2%} {min(shares):>9.2%}")
    if options.deaths:
        taken = sum(takes_number(seed, 1_000) for seed in range(options.deaths))
        print(f"a kind that opens took the number of one that closes: {taken} of {options.deaths}")


def _day(shop: Shop, labels: Labels) -> Day:
    return Day(pd.Series(labels, index=shop.ids), pd.Series(shop.kind_of, index=shop.ids))


def _standardized(shop: Shop) -> npt.NDArray[np.float64]:
    """Return the textbook's encoding: standardized age, one column per state and per product."""
    states = shop.states[:, None] == np.arange(shop.states.max() + 1)
    ages = (shop.ages - shop.ages.mean()) / shop.ages.std()
    return np.column_stack([ages, states, shop.bought]).astype(np.float64)


if __name__ == "__main__":
    main()
