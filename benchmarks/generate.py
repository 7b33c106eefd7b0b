"""Write generated customers in the retailer's own format: five planted segments, 50 states, 30 products.

Run: python -m benchmarks.generate FILE CUSTOMERS [SEED]. A smaller file of the same seed is the
beginning of a larger one, and memory does not grow with the customers.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

N_STATES, N_PRODUCTS, _SEGMENTS = 50, 30, 5
_OWN_SHARE, _OTHER_SHARE = 0.5, 0.05

#: Customers drawn at a time. Each part is drawn whole and with a seed of its own, then cut.
_PART = 100_000

#: Products whose baskets are looked up as one text: a table of 2 ** 10 of them.
_TOGETHER = 10


@dataclass(frozen=True)
class Customers:
    """Some customers.

    Attributes:
        ages: years, shape (n,).
        states: number of the state of each, shape (n,).
        bought: whether each bought each product, shape (n, N_PRODUCTS).
    """

    ages: npt.NDArray[np.int64]
    states: npt.NDArray[np.int64]
    bought: npt.NDArray[np.bool_]


def write_customers(path: Path, n_customers: int, seed: int = 0) -> None:
    """Write a customers file: ages 10 years apart by segment, states by 1/rank, six favorite products a segment."""
    with path.open("w", newline="\n") as file:
        file.write("Age,Location,Purchase History\n")
        for part in parts(n_customers, seed):
            file.write(_lines(part))


def parts(n_customers: int, seed: int = 0) -> Iterator[Customers]:
    """Yield the customers of a file, some at a time."""
    for number, first in enumerate(range(0, n_customers, _PART)):
        part, size = _drawn(np.random.default_rng([seed, number])), min(_PART, n_customers - first)
        yield Customers(part.ages[:size], part.states[:size], part.bought[:size])


def _drawn(rng: np.random.Generator) -> Customers:
    segments = rng.integers(0, _SEGMENTS, _PART)
    ages = np.clip(rng.normal(25 + 10 * segments, 4), 18, 90).astype(np.int64)
    popularity = 1 / np.arange(1, N_STATES + 1)
    states = rng.choice(N_STATES, _PART, p=popularity / popularity.sum())
    favorites = np.arange(N_PRODUCTS) // (N_PRODUCTS // _SEGMENTS) == np.arange(_SEGMENTS)[:, None]
    shares = np.where(favorites, _OWN_SHARE, _OTHER_SHARE).astype(np.float32)
    return Customers(ages, states, rng.random((_PART, N_PRODUCTS), dtype=np.float32) < shares[segments])


def _lines(customers: Customers) -> str:
    """Return the customers as lines, each put together of texts that are looked up."""
    ages, states = np.arange(customers.ages.max() + 1), np.arange(N_STATES)
    beginnings = np.array([f"{age},State {state}," for age in ages for state in states], dtype=object)
    lines = beginnings[customers.ages * N_STATES + customers.states]
    for first in range(0, N_PRODUCTS, _TOGETHER):
        codes = customers.bought[:, first : first + _TOGETHER] @ (1 << np.arange(_TOGETHER))
        lines = lines + _baskets(first)[codes]
    # Each basket begins with a comma of its own, the first one of a line too.
    return "\n".join([*lines, ""]).replace(",, ", ",")


def _baskets(first: int) -> npt.NDArray[np.object_]:
    """Return the text of every basket of some products, by the sum of 2 ** place of those in it."""
    baskets = np.array([""], dtype=object)
    for product in range(first, first + _TOGETHER):
        baskets = np.concatenate([baskets, baskets + f", product {product}"])
    return baskets


if __name__ == "__main__":
    write_customers(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
