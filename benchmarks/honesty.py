"""Check that sampled silhouettes say the truth: the intervals, the choice of k, and k where anybody sees it.

Run: python -m benchmarks.honesty [intervals] [reference] [choices] [clear-cut] [--seeds N] [--rows N]; all by default.

- intervals: how often the 95 % interval holds the exact value, over seeds of the sampling; each seed
  draws customers until the best k is decisive or the budget is spent, as every night does. 93 to 97 %
  is honest.
- reference: the same of more rows, each customer measured against a sample of them.
- choices: k chosen by sampled silhouettes beside k chosen by exact ones, on the public sets and on
  fifty generated ones; where the two differ the sampled choice must call itself not decisive.
- clear-cut: the k of sets whose segments anybody sees.
"""

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import numpy.typing as npt

from benchmarks.sets import CLEAR_CUT, KINDS, NamedSet, generated_sets, public_folder, public_sets, read_set
from tasks.clustering.choose_k import KScore, choose_k
from tasks.clustering.lloyd import fits_of
from tasks.clustering.rows import Distinct, distinct_rows
from tasks.clustering.sampling import IN_95_PERCENT
from tasks.clustering.search import search
from tasks.clustering.silhouette import Labelings
from tasks.clustering.silhouette_curve import Scoring, curve_of

_KS = range(2, 11)

#: Rows of the data and of their reference, far fewer, so that its error shows; each stratum has 1,000 in any case.
_REFERENCED_ROWS, _REFERENCE = 100_000, Scoring(reference_rows=5_000)


@dataclass(frozen=True)
class Held:
    """Which intervals held the exact value: shape (n_seeds, n_labelings), and how much was drawn, by seed."""

    held: npt.NDArray[np.bool_]
    n_scored: npt.NDArray[np.int64]
    n_against: npt.NDArray[np.int64]

    def __str__(self) -> str:
        """Return the shares by k and in all."""
        by_k = " ".join(f"{share * 100:5.1f}" for share in self.held.mean(axis=0))
        return f"{by_k} | {self.held.mean() * 100:5.1f}   {self.n_scored.mean():7,.0f} {self.n_against.mean():9,.0f}"


def held_intervals(distinct: Distinct, labelings: Labelings, n_seeds: int, scoring: Scoring) -> Held:
    """Draw with every seed as a night does, and look whether each interval holds the exact mean."""
    every = Scoring(exact_rows=len(distinct.rows))
    exact = curve_of(distinct, labelings, random_state=0, scoring=every, progress=_untold).means()
    sampled = replace(scoring, exact_rows=0)
    held, drawn = [], []
    for seed in range(n_seeds):
        curve = curve_of(distinct, labelings, random_state=seed, scoring=sampled, progress=_untold)
        held.append(np.abs(curve.means() - exact) <= IN_95_PERCENT * curve.standard_errors())
        drawn.append((curve.n_scored, curve.n_against))
    return Held(np.array(held), *np.array(drawn).T)


def show_intervals(n_rows: int, n_seeds: int, scoring: Scoring) -> None:
    """Print a line a kind of data: the share of intervals that hold the exact value."""
    against = "all rows" if scoring.reference_rows >= n_rows else "a reference sample"
    print(f"95 % intervals that hold the exact value, percent: {n_rows:,} rows, {n_seeds} seeds, against {against}")
    print(f"{'':>14} " + " ".join(f"{f'k={k}':>5}" for k in _KS) + " |   all    scored   against")
    every = []
    for name, rows_of_kind in KINDS.items():
        distinct = distinct_rows(rows_of_kind(n_rows, 0))
        every.append(held_intervals(distinct, _labelings(distinct), n_seeds, scoring))
        print(f"{name:>14} {every[-1]}", flush=True)
    shares = np.concatenate([held.held.ravel() for held in every])
    print(f"in all {shares.mean() * 100:.1f} % of {len(shares):,}")


@dataclass(frozen=True)
class Compared:
    """The k of one set by exact silhouettes, and what sampled ones say."""

    name: str
    n_rows: int
    exact: KScore
    sampled: KScore

    def __str__(self) -> str:
        """Return both choices in words."""
        return (
            f"{self.name:>24}: exact k={self.exact.k} {self.exact.silhouette:.4f}, sampled k={self.sampled.k} "
            f"{self.sampled.silhouette:.4f} of {self.sampled.rows_scored:,}, "
            f"{'DECISIVE' if self.is_wrong else 'not decisive'}"
        )

    @property
    def is_same(self) -> bool:
        """Whether both choose the same k."""
        return self.exact.k == self.sampled.k

    @property
    def is_wrong(self) -> bool:
        """Whether the sampled choice is another one and calls itself decisive."""
        return not self.is_same and bool(self.sampled.decisive)


def compare(one: NamedSet, scoring: Scoring) -> Compared:
    """Choose k of one set by exact and by sampled silhouettes."""
    distinct = one.distinct()
    exact = choose_k(distinct, _KS, random_state=0, scoring=Scoring(exact_rows=len(distinct.rows))).chosen
    sampled = choose_k(distinct, _KS, random_state=0, scoring=replace(scoring, exact_rows=0)).chosen
    return Compared(one.name, len(distinct.rows), exact, sampled)


def show_choices() -> None:
    """Print the sets on which the sampled choice differs, and how many agree, with much and with little sampled."""
    if not public_folder().is_dir():
        print(f"no public sets in {public_folder()}; set SEGMENTS_TEST_DATA")
    sets = list(chain(public_sets(), generated_sets()))
    for words, scoring in (
        (f"{Scoring.max_scored:,} customers scored at most", Scoring()),
        (
            "500 customers scored, each against a sample of the rows where there are many",
            Scoring(max_scored=500, reference_rows=1_000),
        ),
        ("100 customers scored", Scoring(max_scored=100)),
    ):
        _show_agreement(words, (compare(one, scoring) for one in sets))


def show_clear_cut() -> None:
    """Print the k of the sets whose segments anybody sees."""
    for name, k, chosen in clear_cut_choices():
        print(f"{name:>14}: {k} segments, k={chosen.k} chosen, silhouette {chosen.silhouette:.3f}")


def clear_cut_choices() -> Iterator[tuple[str, int, KScore]]:
    """Yield the name of each clear-cut set that is there, its number of segments and what is chosen."""
    for name, k in CLEAR_CUT.items():
        path = public_folder() / f"{name}.data.gz"
        if path.is_file():
            yield name, k, choose_k(distinct_rows(read_set(path)), _KS, random_state=0).chosen


def _show_agreement(words: str, compared: Iterable[Compared]) -> None:
    print(f"chosen k, sampled beside exact: {words}")
    seen = []
    for one in compared:
        seen.append(one)
        if not one.is_same:
            print(f"  {one}", flush=True)
    n_same, n_wrong = sum(one.is_same for one in seen), sum(one.is_wrong for one in seen)
    n_sampled = sum(one.sampled.rows_scored < one.exact.rows_scored for one in seen)
    n_referenced = sum(one.sampled.rows_against < one.n_rows for one in seen)
    n_sure = sum(bool(one.sampled.decisive) for one in seen)
    print(
        f"  the same k on {n_same} of {len(seen)} ({n_same / max(len(seen), 1) * 100:.0f} %); decisive on {n_sure}, "
        f"another k called decisive on {n_wrong}; customers sampled in {n_sampled}, rows they are measured against "
        f"in {n_referenced}"
    )


def _labelings(distinct: Distinct) -> Labelings:
    """Return labels of every k, as a night's search on a sample has them."""
    found = search(distinct, _KS, 0, lambda k: None)
    return np.array([fit.labels for fit in fits_of(distinct, [found[k] for k in _KS])])


def _untold(words: str, done: int, total: int) -> None:
    """Take what the curve tells of its progress."""


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.honesty", description=__doc__)
    parser.add_argument("what", nargs="*", default=["intervals", "reference", "choices", "clear-cut"])
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--rows", type=int, default=20_000)
    options = parser.parse_args()
    if "intervals" in options.what:
        show_intervals(options.rows, options.seeds, Scoring())
    if "reference" in options.what:
        show_intervals(_REFERENCED_ROWS, options.seeds, _REFERENCE)
    if "choices" in options.what:
        show_choices()
    if "clear-cut" in options.what:
        show_clear_cut()


if __name__ == "__main__":
    main()
