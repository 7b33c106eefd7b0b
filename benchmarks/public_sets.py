"""Compare the k and the segments of public benchmark sets with the published ones, and J with that of ten restarts.

Run: python -m benchmarks.public_sets [choices] [fit] [--jobs J]; both by default. The sets are those in
SEGMENTS_TEST_DATA of up to 5,000 rows, all of them numbers; points that their authors call noise are not compared.

- choices: how often auto, standard and scikit-learn (its k-means, and the best silhouette of k = 2 to 10) find the
  published k, and the mean adjusted Rand index with the published segments.
- fit: by how much J is above that of ten restarts of scikit-learn, at every k of every set.
"""

import argparse
import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from benchmarks.planted_answers import base_of_columns, segmented_base
from benchmarks.planted_sets import Floats, Ints
from benchmarks.sets import public_folder, read_set, rows_of
from tasks.clustering.choose_k import choose_k
from tasks.clustering.rows import distinct_rows

_KS = range(2, 11)
_RESTARTS = 10
_MOST_ROWS = 5_000

#: J is worse from this share on.
_WORSE = 1e-3


@dataclass(frozen=True)
class PublicSet:
    """A public set: its numbers, shape (n_rows, n_numbers), and the published segment of each row, 0 for noise."""

    name: str
    matrix: Floats
    labels: Ints

    @property
    def n_segments(self) -> int:
        """The published k."""
        return len(set(self.labels.tolist()) - {0})

    @property
    def standardized(self) -> Floats:
        """The numbers with mean 0 and standard deviation 1."""
        spread = self.matrix.std(axis=0)
        scaled: Floats = (self.matrix - self.matrix.mean(axis=0)) / np.where(spread > 0, spread, 1)
        return scaled


@dataclass(frozen=True)
class Answer:
    """What was found in a set: whether k is the published one, and the adjusted Rand index."""

    is_right: bool
    rand: float


def small_sets() -> list[PublicSet]:
    """Return the public sets that are there and not too large."""
    sets = [_read(path) for path in sorted(public_folder().rglob("*.data.gz"))]
    return [one for one in sets if len(one.matrix) <= _MOST_ROWS]


def answers_to(one: PublicSet) -> dict[str, Answer]:
    """Return what each contestant finds in a set."""
    labels = {name: find(one) for name, find in CONTESTANTS.items()}
    known = one.labels > 0
    return {
        name: Answer(len(np.unique(own)) == one.n_segments, float(adjusted_rand_score(one.labels[known], own[known])))
        for name, own in labels.items()
    }


def gaps_of(one: PublicSet) -> dict[int, float]:
    """Return by which share J is above that of ten restarts, by k."""
    choice = choose_k(distinct_rows(rows_of(one.standardized)), _KS, random_state=0)
    matrix = one.standardized.astype(np.float32)
    restarts = {k: KMeans(k, n_init=_RESTARTS, random_state=0).fit(matrix).inertia_ / len(matrix) for k in _KS}
    return {
        score.k: score.objective / restarts[score.k] - 1
        for score in choice.scores
        if score.objective is not None and score.k in restarts
    }


def _by_product(encoding: str) -> Callable[[PublicSet], Ints]:
    def find(one: PublicSet) -> Ints:
        base = base_of_columns({f"number {number}": own for number, own in enumerate(one.matrix.T, start=1)})
        return segmented_base(base, encoding).labels

    return find


def _by_silhouette(matrix: Floats) -> Ints:
    labels = [KMeans(k, n_init=_RESTARTS, random_state=0).fit(matrix).labels_ for k in _KS]
    return max(labels, key=lambda own: float(silhouette_score(matrix, own))).astype(np.int64)


#: Name -> what finds the segments of a set.
CONTESTANTS: dict[str, Callable[[PublicSet], Ints]] = {
    "auto": _by_product("auto"),
    "standard": _by_product("standard"),
    "scikit-learn, standardized": lambda one: _by_silhouette(one.standardized),
    "scikit-learn, as they are": lambda one: _by_silhouette(one.matrix),
}


def _read(path: Path) -> PublicSet:
    with gzip.open(str(path).replace(".data.gz", ".labels0.gz"), "rt") as file:
        labels = np.loadtxt(file, dtype=np.int64)
    name = path.relative_to(public_folder()).as_posix().removesuffix(".data.gz")
    return PublicSet(name, read_set(path).numbers.astype(np.float64), labels)


def _show_choices(sets: Sequence[PublicSet], jobs: int) -> None:
    answers = Parallel(jobs)(delayed(answers_to)(one) for one in sets)
    print(f"{'':28}{'published k':>12}{'Rand':>8}")
    for name in CONTESTANTS:
        own = [found[name] for found in answers]
        right = f"{sum(one.is_right for one in own)}/{len(own)}"
        print(f"{name:28}{right:>12}{np.mean([one.rand for one in own]):8.3f}")


def _show_fit(sets: Sequence[PublicSet], jobs: int) -> None:
    gaps = [gap for by_k in Parallel(jobs)(delayed(gaps_of)(one) for one in sets) for gap in by_k.values()]
    worse, better = sum(gap > _WORSE for gap in gaps), sum(gap < -_WORSE for gap in gaps)
    print(
        f"J beside {_RESTARTS} restarts of scikit-learn, {len(gaps)} sets and k: {worse} worse by over {_WORSE:.1%}, "
        f"{max(gaps):.2%} at most; {better} better"
    )


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.public_sets",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="*", default=["choices", "fit"])
    parser.add_argument("--jobs", type=int, default=-1, help="processes; as many as there are cores by default")
    options = parser.parse_args()
    sets = small_sets()
    if not sets:
        parser.error(f"no public sets in {public_folder()}; set SEGMENTS_TEST_DATA")
    if "choices" in options.what:
        _show_choices(sets, options.jobs)
    if "fit" in options.what:
        _show_fit(sets, options.jobs)


if __name__ == "__main__":
    main()
