"""Write generated customers in the retailer's own format: five planted segments, 50 states, 30 products.

Run: python -m benchmarks.generate FILE CUSTOMERS [SEED]
"""

import sys
from pathlib import Path

import numpy as np

_STATES, _PRODUCTS, _SEGMENTS = 50, 30, 5
_OWN_SHARE, _OTHER_SHARE = 0.5, 0.05


def write_customers(path: Path, n_customers: int, seed: int = 0) -> None:
    """Write a customers file: ages 10 years apart by segment, states by 1/rank, six favourite products a segment."""
    rng = np.random.default_rng(seed)
    segments = rng.integers(0, _SEGMENTS, n_customers)
    ages = np.clip(rng.normal(25 + 10 * segments, 4), 18, 90).astype(int)
    popularity = 1 / np.arange(1, _STATES + 1)
    states = rng.choice(_STATES, n_customers, p=popularity / popularity.sum())
    favourites = np.arange(_PRODUCTS) // (_PRODUCTS // _SEGMENTS) == np.arange(_SEGMENTS)[:, None]
    bought = rng.random((n_customers, _PRODUCTS)) < np.where(favourites, _OWN_SHARE, _OTHER_SHARE)[segments]
    names = np.array([f"product {number}" for number in range(_PRODUCTS)])
    with path.open("w") as file:
        file.write("Age,Location,Purchase History\n")
        for age, state, row in zip(ages, states, bought, strict=True):
            file.write(f"{age},State {state},{', '.join(names[row])}\n")


if __name__ == "__main__":
    write_customers(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
