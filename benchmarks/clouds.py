"""Count how often one population is called strong, and whether what is there is found.

Run: python -m benchmarks.clouds [--kinds NAME,...] [--seeds N] [--quick] [--jobs J]. A cell is one set of customers.

- cloud: 2 to 8 normal numbers, each pair with the same correlation.
- lognormal: recency, frequency and monetary value, correlated and skewed.
- likert: answers from 1 to 5 to six questions that one attitude decides.
- taste: baskets of 60 products that one taste decides by degrees, for or against each product.
- size: the same, in which those who buy more buy more of everything.
- derived: independent numbers, and one computed from them: a sum, a ratio, a rescaling, a band, or scores in one.
- groups: 3 to 6 groups of even or skewed sizes, each a cloud whose numbers have a correlation of .8.
- long: the same with a correlation of .95.
- kinds: 2 to 6 kinds of customers, in all of whose columns those of a kind are equal.

Of the last three their number is right, and that they are segments, of kinds that they are strong; of derived
columns none; of the others gradient and none.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from joblib import Parallel, delayed
from scipy.sparse import csr_array
from sklearn.metrics import adjusted_rand_score

from benchmarks.planted_answers import base_of_columns, segmented_base
from benchmarks.planted_sets import SKEWED_SHARES, Floats, Ints
from tasks.encoding.base_encoding import BaseEncoding

_PRODUCTS = 60

#: The shape of derived columns whose fourth number has the digits of the scores of the others.
_SCORES = 4

#: What may be said of one population, of independent columns, of groups, and of kinds.
_ONE, _NOTHING, _SEGMENTS, _STRONG = ("gradient", "none"), ("none",), ("strong", "weak"), ("strong",)


@dataclass(frozen=True)
class Cell:
    """One set of customers.

    Attributes:
        kind: one of KINDS.
        n_customers: customers.
        shape: numbers, groups, or how a column is derived.
        strength: correlation, deviation of the logarithms, or what the taste decides; skewed sizes are 1.
        seed: seed.
    """

    kind: str
    n_customers: int
    shape: int
    strength: float
    seed: int

    @property
    def rng(self) -> np.random.Generator:
        """A generator that every cell has for itself."""
        return np.random.default_rng([list(KINDS).index(self.kind), self.n_customers, self.shape, self.seed])


@dataclass(frozen=True)
class Result:
    """What was said of a cell: a verdict, whether k was right, and the adjusted Rand index."""

    kind: str
    said: str
    is_right: bool
    rand: float


def result_of(cell: Cell) -> Result:
    """Segment the customers of one cell as a run does."""
    base, labels = KINDS[cell.kind].customers(cell)
    answer = segmented_base(base, "auto")
    said = "gradient" if answer.is_gradient else answer.verdict
    rand = float(adjusted_rand_score(labels, answer.labels))
    n_groups, right = len(np.unique(labels)), KINDS[cell.kind].right
    return Result(cell.kind, said, said in right and n_groups in (1, answer.k), rand)


def _numbers(matrix: Floats) -> BaseEncoding:
    return base_of_columns({f"number {number}": own for number, own in enumerate(matrix.T, start=1)})


def _equicorrelated(n_columns: int, correlation: float) -> Floats:
    return np.full((n_columns, n_columns), correlation) + np.eye(n_columns) * (1 - correlation)


def _cloud(cell: Cell) -> tuple[BaseEncoding, Ints]:
    covariance = _equicorrelated(cell.shape, cell.strength)
    return _numbers(cell.rng.multivariate_normal(np.zeros(cell.shape), covariance, cell.n_customers)), _one(cell)


def _lognormal(cell: Cell) -> tuple[BaseEncoding, Ints]:
    logarithms = cell.rng.multivariate_normal(np.zeros(cell.shape), _equicorrelated(cell.shape, 0.7), cell.n_customers)
    return _numbers(np.exp(cell.strength * logarithms)), _one(cell)


def _likert(cell: Cell) -> tuple[BaseEncoding, Ints]:
    rng, load = cell.rng, cell.strength
    own = rng.normal(size=(cell.n_customers, cell.shape)) * (1 - load**2) ** 0.5
    answers = np.round(3 + 1.1 * (load * rng.normal(size=(cell.n_customers, 1)) + own)).clip(1, 5)
    return _numbers(answers), _one(cell)


def _basket(cell: Cell, signs: Floats) -> tuple[BaseEncoding, Ints]:
    """Return baskets in which a fifth of the customers has each product, by one taste of normal strength."""
    rng = cell.rng
    liked = rng.normal(size=(cell.n_customers, 1)) * signs * cell.strength
    leaning = liked + rng.normal(size=(cell.n_customers, len(signs)))
    return base_of_columns({}, baskets=leaning > np.quantile(leaning, 0.8, axis=0)), _one(cell)


def _taste(cell: Cell) -> tuple[BaseEncoding, Ints]:
    return _basket(cell, cell.rng.choice([-1.0, 1.0], cell.shape))


def _size(cell: Cell) -> tuple[BaseEncoding, Ints]:
    return _basket(cell, np.ones(cell.shape))


def _derived(cell: Cell) -> tuple[BaseEncoding, Ints]:
    """Return three independent numbers, and a fourth of the kind of the shape."""
    numbers = np.exp(cell.strength * cell.rng.normal(size=(cell.n_customers, 3))) * 100
    scores = np.array([np.searchsorted(np.quantile(own, (0.25, 0.5, 0.75)), own) + 1 for own in numbers.T]).T
    fourth = (
        numbers.sum(axis=1),
        numbers[:, 0] / numbers[:, 1],
        numbers[:, 0] * 0.9 + 5,
        scores[:, 0],
        scores @ [100, 10, 1],
    )[cell.shape]
    beside = [scores] if cell.shape == _SCORES else []
    return _numbers(np.column_stack([numbers, *beside, fourth])), _one(cell)


def _groups(cell: Cell) -> tuple[BaseEncoding, Ints]:
    return _correlated_groups(cell, 0.8)


def _long(cell: Cell) -> tuple[BaseEncoding, Ints]:
    return _correlated_groups(cell, 0.95)


def _kinds(cell: Cell) -> tuple[BaseEncoding, Ints]:
    """Return kinds with an age, a spend and a place each."""
    labels = _labels(cell)
    ages, spends = cell.rng.permutation(60)[: cell.shape] + 20.0, cell.rng.permutation(cell.shape) * 50.0
    own = np.eye(cell.shape)[labels]
    return base_of_columns({"age": ages[labels], "spend": spends[labels]}, places=csr_array(own)), labels


def _labels(cell: Cell) -> Ints:
    """Return groups of even sizes, or of skewed ones where the strength is 1."""
    shares = SKEWED_SHARES.get(cell.shape) if cell.strength else None
    return cell.rng.choice(cell.shape, cell.n_customers, p=shares)


def _correlated_groups(cell: Cell, correlation: float) -> tuple[BaseEncoding, Ints]:
    """Return groups on a line across their long axis and along it, far apart in at least one direction."""
    labels = _labels(cell)
    centers = np.array([(0, 0), (5, -5), (6, 6), (11, 1), (1, 11), (-6, 6)], dtype=float)[: cell.shape]
    own = cell.rng.multivariate_normal([0, 0], _equicorrelated(2, correlation), cell.n_customers)
    return _numbers(centers[labels] + own), labels


def _one(cell: Cell) -> Ints:
    return np.zeros(cell.n_customers, dtype=np.int64)


@dataclass(frozen=True)
class Kind:
    """A kind of customers, the shapes and strengths that it comes in, and what may be said of it."""

    customers: Callable[[Cell], tuple[BaseEncoding, Ints]]
    shapes: Sequence[int]
    strengths: Sequence[float]
    right: Sequence[str] = _ONE


KINDS: dict[str, Kind] = {
    "cloud": Kind(_cloud, (2, 3, 5, 8), (0.0, 0.3, 0.6, 0.8, 0.95)),
    "lognormal": Kind(_lognormal, (2, 3), (0.5, 0.8, 1.2)),
    "likert": Kind(_likert, (6,), (0.6, 0.8, 0.9)),
    "taste": Kind(_taste, (_PRODUCTS,), (0.5, 1.0, 2.0)),
    "size": Kind(_size, (_PRODUCTS,), (0.7, 1.5)),
    "derived": Kind(_derived, range(_SCORES + 1), (0.3, 0.8), _NOTHING),
    "groups": Kind(_groups, (3, 4, 5, 6), (0.0, 1.0), _SEGMENTS),
    "long": Kind(_long, (3, 4, 5, 6), (0.0, 1.0), _SEGMENTS),
    "kinds": Kind(_kinds, (2, 3, 4, 6), (0.0, 1.0), _STRONG),
}
SIZES = (500, 2_000, 20_000)


def cells_of(kinds: Sequence[str], sizes: Sequence[int], n_seeds: int) -> Iterator[Cell]:
    """Yield every cell."""
    for seed, kind, size in product(range(n_seeds), kinds, sizes):
        for shape, strength in product(KINDS[kind].shapes, KINDS[kind].strengths):
            yield Cell(kind, size, shape, strength, seed)


def table_of(results: Sequence[Result]) -> str:
    """Return a line per kind: its cells, how many were judged rightly, and what was said of them."""
    said = ("strong", "weak", "gradient", "none")
    lines = [f"{'kind':12}{'right':>10}" + "".join(f"{word:>10}" for word in said) + f"{'Rand':>8}"]
    for kind in dict.fromkeys(one.kind for one in results):
        own = [one for one in results if one.kind == kind]
        counts = Counter(one.said for one in own)
        has_groups = "strong" in KINDS[kind].right
        rand = f"{np.mean([one.rand for one in own]):8.2f}" if has_groups else f"{'-':>8}"
        right = f"{sum(one.is_right for one in own)}/{len(own)}"
        lines.append(f"{kind:12}{right:>10}" + "".join(f"{counts[word]:10}" for word in said) + rand)
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.clouds", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kinds", default=",".join(KINDS), help="between commas; all by default")
    parser.add_argument("--seeds", type=int, default=2, help="seeds of the customers; 2 by default")
    parser.add_argument("--quick", action="store_true", help="one seed, and no more than 2,000 customers")
    parser.add_argument("--jobs", type=int, default=-1, help="processes; as many as there are cores by default")
    options = parser.parse_args()
    kinds = options.kinds.split(",")
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        parser.error(f"there is no {unknown[0]}: --kinds takes {', '.join(KINDS)}")
    sizes, n_seeds = (SIZES[:2], 1) if options.quick else (SIZES, options.seeds)
    print(table_of(Parallel(options.jobs)(delayed(result_of)(cell) for cell in cells_of(kinds, sizes, n_seeds))))


if __name__ == "__main__":
    main()
