"""Count how often every encoding finds the segments that were planted, and says none where there are none.

Run: python -m benchmarks.planted [--kinds NAME,...] [--encodings NAME,...] [--seeds N] [--strength S] [--quick]
[--csv FILE] [--minutes N] [--night]. A cell is one set of customers: a kind of truth, 3 to 6 segments of even or skewed
sizes, 800 to 20,000 customers, 20 to 200 products and 5 to 50 places of popularity by 1/rank (or flat, where
the baskets matter), a seed. Printed is a table a kind: how often the planted number was found and not
called none, the mean adjusted Rand index, how often none was said; then the sums that the defaults are chosen by.

- textbook: numbers scaled, the rest 0 and 1, k-means and the best silhouette of k = 2 to 10 by scikit-learn.
- permuted: columns of the other kinds, each permuted on its own; none is right.

With --csv the cells that stand in the file already are not computed again, and --minutes stops in time, so
that the whole can be had in pieces. With --night each cell is a file and a whole night, which takes longer.
"""

import argparse
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path

from joblib import Parallel, delayed, effective_n_jobs

from benchmarks.planted_answers import ASKED_FOR, segmented, segmented_by_night, segmented_by_textbook
from benchmarks.planted_scores import (
    TEXTBOOK,
    Score,
    read_scores,
    score_of,
    summary_of,
    table_of,
    write_scores,
)
from benchmarks.planted_sets import KINDS, PERMUTED, Cell, Plan, Popularity

#: Segments, customers, products and places.
SIZES = (
    (3, 800, 20, 5),
    (4, 800, 20, 5),
    (4, 3000, 60, 20),
    (5, 2000, 40, 10),
    (6, 4000, 100, 12),
    (6, 20000, 200, 50),
)
QUICK_SIZES = (SIZES[1], SIZES[3])

#: Kinds whose columns are permuted, one after the other: those in which several columns tell the segments.
_LINKED = tuple(kind for kind in KINDS if kind not in ("one-number", "nothing"))


def cells_of(
    kinds: Sequence[str], sizes: Sequence[tuple[int, int, int, int]], n_seeds: int, strength: float = 1.0
) -> Iterator[Cell]:
    """Yield every cell, the seeds last, so that a part of them is a benchmark as well."""
    for seed, kind in product(range(n_seeds), kinds):
        shapes = product(sizes, (False, True), _popularities(kind))
        for number, (size, is_skewed, popularity) in enumerate(shapes):
            n_segments, n_customers, n_products, n_places = size
            planted = _LINKED[(number + seed) % len(_LINKED)] if kind == PERMUTED else kind
            plan = Plan(planted, n_segments, n_customers, n_products, n_places, is_skewed, popularity, seed, strength)
            yield Cell(plan, kind == PERMUTED)


def scores_in(cell: Cell, encodings: Sequence[str], *, is_night: bool = False) -> list[Score]:
    """Segment the customers of one cell with every encoding."""
    planted = cell.customers()
    scores = []
    for encoding in encodings:
        start = time.perf_counter()
        if encoding == TEXTBOOK:
            answer = segmented_by_textbook(planted)
        else:
            answer = segmented_by_night(planted, encoding) if is_night else segmented(planted, encoding)
        scores.append(score_of(cell, planted.labels, answer, encoding, time.perf_counter() - start))
    return scores


def all_scores(
    cells: Iterable[Cell],
    encodings: Sequence[str],
    known: Sequence[Score],
    *,
    jobs: int,
    minutes: float,
    is_night: bool,
) -> Iterator[Score]:
    """Yield the scores that are not known yet, as they come, until the minutes are over."""
    there = {(score.cell, score.encoding) for score in known}
    begun = time.monotonic()

    def waiting() -> Iterator[tuple[Cell, list[str]]]:
        for cell in cells:
            missing = [encoding for encoding in encodings if (cell, encoding) not in there]
            if missing and time.monotonic() - begun < minutes * 60:
                yield cell, missing

    # Each core is a process of its own, in which joblib leaves BLAS and OpenMP one thread.
    compute = Parallel(jobs, return_as="generator_unordered", pre_dispatch=effective_n_jobs(jobs))
    for scores in compute(delayed(scores_in)(cell, missing, is_night=is_night) for cell, missing in waiting()):
        yield from scores


def main() -> None:
    """Print the tables of what was asked for."""
    options = _options()
    kinds, encodings = options.kinds.split(","), options.encodings.split(",")
    sizes, n_seeds = (QUICK_SIZES, 1) if options.quick else (SIZES, options.seeds)
    cells = list(cells_of(kinds, sizes, n_seeds, options.strength))
    known = read_scores(options.csv) if options.csv else []
    for score in all_scores(
        cells, encodings, known, jobs=options.jobs, minutes=options.minutes, is_night=options.night
    ):
        known.append(score)
        if options.csv:
            write_scores(options.csv, known)
    show(cells, encodings, known)


def show(cells: Sequence[Cell], encodings: Sequence[str], known: Sequence[Score]) -> None:
    """Print the tables and the summary of those cells, and how many are not computed yet."""
    place_of = {cell: place for place, cell in enumerate(cells)}
    scores = [score for score in known if score.cell in place_of and score.encoding in encodings]
    scores.sort(key=lambda score: (encodings.index(score.encoding), place_of[score.cell]))
    for kind in dict.fromkeys(cell.kind for cell in cells):
        print(table_of(kind, scores) + "\n")
    print(summary_of(scores))
    if missing := len(cells) * len(encodings) - len(scores):
        print(f"{missing} of {len(cells) * len(encodings)} answers are missing: run it again with the same --csv")


def _popularities(kind: str) -> tuple[Popularity, ...]:
    """Return how products are popular: in both ways where the baskets are part of the question."""
    is_flat_too = kind in ("nothing", PERMUTED) or "purchases" in KINDS[kind]
    return ("zipf", "flat") if is_flat_too else ("zipf",)


def _options() -> argparse.Namespace:
    names = (*KINDS, PERMUTED)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.planted", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kinds", default=",".join(names), help=f"between commas; {', '.join(names)}")
    parser.add_argument("--encodings", default=",".join((TEXTBOOK, *ASKED_FOR)), help="between commas; all by default")
    parser.add_argument("--seeds", type=int, default=1, help="seeds of the customers; 1 by default")
    parser.add_argument("--strength", type=float, default=1.0, help="how far segments differ; below 1 all is harder")
    parser.add_argument("--quick", action="store_true", help="two sizes and one seed")
    parser.add_argument("--csv", type=Path, help="file of all answers; those in it are not computed again")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no other cell after so long")
    parser.add_argument("--jobs", type=int, default=-1, help="processes; as many as there are cores by default")
    parser.add_argument("--night", action="store_true", help="run the whole night on a file a cell")
    options = parser.parse_args()
    if unknown := [kind for kind in options.kinds.split(",") if kind not in names]:
        parser.error(f"there is no {unknown[0]}: --kinds takes {', '.join(names)}")
    if unknown := [one for one in options.encodings.split(",") if one not in (TEXTBOOK, *ASKED_FOR)]:
        parser.error(f"there is no {unknown[0]}: --encodings takes {', '.join((TEXTBOOK, *ASKED_FOR))}")
    return options


if __name__ == "__main__":
    main()
