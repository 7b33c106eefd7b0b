"""Customers in whom segments are planted: it is known who is in which, and which columns tell it.

Every kind of truth has the same columns: an age, a place, a basket, and of two kinds a spend. Columns that
tell nothing of the segments are noise, independent of them and of each other.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: How popularity is spread over products and places: by 1 / rank, or evenly.
Popularity = Literal["zipf", "flat"]

#: Kind of truth -> the columns that tell it.
KINDS: dict[str, tuple[str, ...]] = {
    "purchases": ("purchases",),
    "age+purchases": ("age", "purchases"),
    "age+location": ("age", "location"),
    "location+purchases": ("location", "purchases"),
    "age+location+purchases": ("age", "location", "purchases"),
    "one-number": ("age",),
    "two-numbers": ("age", "spend"),
    "non-linear": ("age", "spend"),
    "nothing": (),
}

#: What is said of customers in whom nothing links the columns anymore, whatever was planted.
PERMUTED = "permuted"

#: Shares of the customers by number of segments, where their sizes are skewed.
SKEWED_SHARES: dict[int, tuple[float, ...]] = {
    3: (0.60, 0.28, 0.12),
    4: (0.55, 0.25, 0.13, 0.07),
    5: (0.45, 0.25, 0.15, 0.09, 0.06),
    6: (0.40, 0.22, 0.15, 0.10, 0.08, 0.05),
}

#: Age and spend of segments in blobs, each about as far from the next, and on no full grid: in one, each column would
#: be independent of the other.
_BLOBS = np.array([(22, 40), (45, 75), (70, 40), (24, 104), (70, 104), (46, 12)], dtype=float)
_BLOB_SPREADS = np.array([4.5, 6.0])

#: Mean age of the first segment, years from one to the next of few segments and of more, and the spread in one.
_YOUNGEST, _YEARS_APART, _YEARS_APART_OF_MANY, _AGE_SPREAD = 20.0, 15.0, 12.0, 4.0
_FEW = 4

#: Share of the customers who live in a place of their own segment.
_AT_HOME = 0.8

#: Products that a segment prefers at most, and how likely a customer buys one at least.
_MOST_OWN, _LEAST_OWN_SHARE = 10, 0.45


@dataclass(frozen=True)
class Plan:
    """What is to be planted.

    Attributes:
        kind: one of KINDS.
        n_segments: 3 to 6.
        n_customers: customers.
        n_products: different products.
        n_places: different places, at least as many as segments.
        is_skewed: whether the sizes are SKEWED_SHARES; else all are the same.
        popularity: of the products and places.
        seed: seed.
        strength: how far the segments differ; 1 is as this module says, 0 not at all.
    """

    kind: str
    n_segments: int = 4
    n_customers: int = 800
    n_products: int = 20
    n_places: int = 8
    is_skewed: bool = False
    popularity: Popularity = "zipf"
    seed: int = 0
    strength: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be planted."""
        if self.kind not in KINDS:
            raise ValueError(f"kind={self.kind!r} should be one of {', '.join(KINDS)}")
        if self.n_segments not in SKEWED_SHARES:
            raise ValueError(f"n_segments={self.n_segments} should be {min(SKEWED_SHARES)} to {max(SKEWED_SHARES)}")
        if min(self.n_products, self.n_places) < self.n_segments:
            raise ValueError(
                f"n_products={self.n_products}, n_places={self.n_places} should be n_segments={self.n_segments} or more"
            )

    @property
    def rng(self) -> np.random.Generator:
        """A generator that every plan has for itself."""
        return np.random.default_rng(list(zlib.crc32(repr(self).encode()).to_bytes(4, "big")))

    @property
    def shares(self) -> Floats:
        """Shares of the segments, the largest first."""
        even = (1 / self.n_segments,) * self.n_segments
        return np.array(SKEWED_SHARES[self.n_segments] if self.is_skewed else even)


@dataclass(frozen=True)
class Cell:
    """One set of customers of the benchmark: what is planted, and whether its columns are permuted then."""

    plan: Plan
    is_permuted: bool = False

    @property
    def kind(self) -> str:
        """The kind of truth, or ``permuted``."""
        return PERMUTED if self.is_permuted else self.plan.kind

    def customers(self) -> "Planted":
        """Return the customers."""
        planted = plant(self.plan)
        return permuted(planted) if self.is_permuted else planted


@dataclass(frozen=True)
class Planted:
    """Customers, and the segment of each.

    Attributes:
        plan: what was asked for.
        numbers: name -> values, shape (n_customers,): whole years, and dollars to the cent.
        places: number of the place of each, shape (n_customers,).
        baskets: 1 where a customer bought a product, shape (n_customers, n_products).
        labels: the segment of each, shape (n_customers,); where nothing is planted no column knows it.
    """

    plan: Plan
    numbers: dict[str, Floats]
    places: Ints
    baskets: csr_array
    labels: Ints

    @property
    def kind(self) -> str:
        """The kind of truth."""
        return self.plan.kind

    @property
    def n_segments(self) -> int:
        """Segments that were planted."""
        return self.plan.n_segments


def plant(plan: Plan) -> Planted:
    """Return customers in whom segments are planted; the same plan gives the same customers."""
    rng = plan.rng
    labels = _labels(plan, rng)
    return Planted(plan, _numbers(plan, labels, rng), _places(plan, labels, rng), _baskets(plan, labels, rng), labels)


def permuted(planted: Planted, seed: int = 0) -> Planted:
    """Return the same customers with every column and product permuted on its own, so that nothing links them."""
    rng = np.random.default_rng([seed, zlib.crc32(repr(planted.plan).encode())])
    # A column's indices are the customers who bought the product, so as many others are drawn.
    counts = np.diff(planted.baskets.tocsc().indptr)
    return replace(
        planted,
        numbers={name: rng.permutation(values) for name, values in planted.numbers.items()},
        places=rng.permutation(planted.places),
        baskets=_bought_by(
            [rng.choice(len(planted.labels), count, replace=False) for count in counts], len(planted.labels)
        ),
    )


def write_csv(planted: Planted, path: Path) -> None:
    """Write a file in the retailer's form: the numbers, the place, and an unquoted comma list in the end."""
    headings = [*(name.capitalize() for name in planted.numbers), "Location", "Purchase History"]
    with path.open("w", newline="\n", encoding="utf-8") as file:
        file.write(",".join(headings) + "\n")
        file.writelines(_lines(planted))


def _labels(plan: Plan, rng: np.random.Generator) -> Ints:
    """Return the segments in sizes that are as asked to the customer, in any order."""
    ends = np.round(np.cumsum(plan.shares) * plan.n_customers).astype(np.int64)
    sizes = np.diff(ends, prepend=0)
    return rng.permutation(np.repeat(np.arange(plan.n_segments), sizes))


def _numbers(plan: Plan, labels: Ints, rng: np.random.Generator) -> dict[str, Floats]:
    if plan.kind in ("two-numbers", "non-linear"):
        centers, spreads = (_BLOBS, _BLOB_SPREADS) if plan.kind == "two-numbers" else _wave(plan.n_segments)
        centers = centers.mean(axis=0) + plan.strength * (centers - centers.mean(axis=0))
        ages, spends = (centers[labels] + rng.normal(size=(len(labels), 2)) * spreads).T
        return {"age": _whole_years(ages), "spend": np.maximum(spends, 0).round(2)}
    if "age" in KINDS[plan.kind]:
        return {"age": _whole_years(rng.normal(_YOUNGEST + plan.strength * _years_apart(plan) * labels, _AGE_SPREAD))}
    return {"age": _whole_years(rng.normal(45, 13, len(labels)))}


def _years_apart(plan: Plan) -> float:
    is_easy = plan.n_segments <= _FEW or plan.kind == "one-number"
    return _YEARS_APART if is_easy else _YEARS_APART_OF_MANY


def _whole_years(ages: Floats) -> Floats:
    return np.clip(ages, 1, 115).round()


def _wave(n_segments: int) -> tuple[Floats, Floats]:
    """Return age and spend of segments whose spend goes up and down with age, without any correlation."""
    steps = np.arange(n_segments)
    spends = np.where(steps % 2, 90.0, 30.0)
    # An even number of turns leaves a slope, which the ends make up for by being nearer to the middle.
    slope = ((steps - steps.mean()) * spends).sum() / (n_segments - 1)
    spends[0], spends[-1] = spends[0] + slope, spends[-1] - slope
    return np.column_stack([20 + 13.0 * steps, spends]), np.array([4.0, 9.0])


def _places(plan: Plan, labels: Ints, rng: np.random.Generator) -> Ints:
    """Return a place for each; where places tell, most live in one of those that are their segment's."""
    popularity = 1 / np.arange(1, plan.n_places + 1) if plan.popularity == "zipf" else np.ones(plan.n_places)
    anywhere = rng.choice(plan.n_places, plan.n_customers, p=popularity / popularity.sum())
    if "location" not in KINDS[plan.kind]:
        return anywhere
    is_own = np.arange(plan.n_places) % plan.n_segments == np.arange(plan.n_segments)[:, None]
    bounds = np.cumsum(popularity * is_own, axis=1)
    at_home = (rng.random((plan.n_customers, 1)) * bounds[labels, -1:] >= bounds[labels]).sum(axis=1)
    return np.where(rng.random(plan.n_customers) < plan.strength * _AT_HOME, at_home, anywhere)


def _baskets(plan: Plan, labels: Ints, rng: np.random.Generator) -> csr_array:
    shares = _zipf_shares(plan, rng) if plan.popularity == "zipf" else _flat_shares(plan)
    shares = shares.mean(axis=0) + plan.strength * (shares - shares.mean(axis=0))
    drawn = rng.random((plan.n_customers, plan.n_products), dtype=np.float32)
    return csr_array((drawn < shares[labels].astype(np.float32)).astype(np.float32))


def _flat_shares(plan: Plan) -> Floats:
    """Return how likely each segment buys each product: an own one with .6, any other with .1."""
    if "purchases" not in KINDS[plan.kind]:
        return np.full((plan.n_segments, plan.n_products), 0.2)
    n_own = plan.n_products // plan.n_segments
    return np.where(np.arange(plan.n_products) // n_own == np.arange(plan.n_segments)[:, None], 0.6, 0.1)


def _zipf_shares(plan: Plan, rng: np.random.Generator) -> Floats:
    """Return how likely each segment buys each product: by its rank, the own ones more and those of others less."""
    ranks = rng.permutation(plan.n_products) + 1
    popularity = np.clip(0.45 / ranks**0.6, 0.02, 0.45)
    shares = np.tile(popularity, (plan.n_segments, 1))
    if "purchases" not in KINDS[plan.kind]:
        return shares
    owner = rng.permutation(np.arange(plan.n_products) % plan.n_segments)
    for segment in range(plan.n_segments):
        own = np.flatnonzero(owner == segment)[:_MOST_OWN]
        shares[:, own] = 0.5 * popularity[own]
        shares[segment, own] = np.clip(2.5 * popularity[own], _LEAST_OWN_SHARE, 0.8)
    return shares


def _bought_by(customers: list[Ints], n_customers: int) -> csr_array:
    """Return baskets of the customers who bought each product."""
    products = np.repeat(np.arange(len(customers)), [len(buyers) for buyers in customers])
    pairs = (np.concatenate(customers), products)
    ones = np.ones(len(products), dtype=np.float32)
    return csr_array((ones, pairs), shape=(n_customers, len(customers)))


def _lines(planted: Planted) -> Iterable[str]:
    numbers = np.column_stack(list(planted.numbers.values()))
    bounds, products = planted.baskets.indptr, planted.baskets.indices
    for row, (place, values) in enumerate(zip(planted.places, numbers, strict=True)):
        bought = ", ".join(f"product {number}" for number in sorted(products[bounds[row] : bounds[row + 1]]))
        yield ",".join([*(f"{value:g}" for value in values), f"place {place}", bought]) + "\n"
