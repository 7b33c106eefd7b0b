"""Draw customers where all of them would be too many."""

import numpy as np


def sample_positions(n_customers: int, at_most: int, random_state: int) -> list[int]:
    """Return canonical positions of customers, ascending: all, or a random sample of ``at_most``."""
    if n_customers <= at_most:
        return list(range(n_customers))
    drawn = np.random.default_rng(random_state).choice(n_customers, at_most, replace=False)
    return [int(position) for position in np.sort(drawn)]
