"""Whether one number alone falls apart into groups: held against the smooth one-humped distribution nearest to it.

No permutation can tell, as it leaves each number what it is. The nearest one-humped distribution is
that of the critical bandwidth (Silverman 1981). Arrays in, arrays out: no SQL, no files.
"""

from collections.abc import Mapping

import numpy as np

from tasks.clustering.rows import Floats

#: Points of the grid that a density is computed on, how far it goes beyond the values, and halvings of the bandwidth.
_GRID, _BEYOND, _HALVINGS = 512, 0.3, 25

#: Density by the highest one below which a hump is rounding.
_NO_HUMP = 1e-6


def one_humped(values: Floats, random_state: int) -> Floats:
    """Return as many values drawn from the one-humped distribution nearest to some, with their mean and spread.

    Args:
        values: numbers, not all equal.
        random_state: seed.
    """
    rng = np.random.default_rng(random_state)
    bandwidth = critical_bandwidth(values)
    drawn = rng.choice(values, len(values)) + bandwidth * rng.normal(size=len(values))
    spread, mean = float(values.std()), float(values.mean())
    shrunk: Floats = mean + (drawn - mean) * spread / np.hypot(spread, bandwidth)
    return shrunk


def farthest_from_one_hump(numbers: Mapping[str, Floats], most: int) -> list[str]:
    """Return the names of some numbers, in their order: those that must be smoothed most to have one hump.

    Args:
        numbers: name -> values, not all equal.
        most: how many.
    """
    if len(numbers) <= most:
        return list(numbers)
    smoothed = {name: critical_bandwidth(values) / values.std() for name, values in numbers.items()}
    farthest = sorted(smoothed, key=lambda name: -smoothed[name])[:most]
    return [name for name in numbers if name in farthest]


def critical_bandwidth(values: Floats) -> float:
    """Return the smallest bandwidth at which a Gaussian kernel density of some values has one hump."""
    width = float(np.ptp(values))
    grid = np.linspace(values.min() - _BEYOND * width, values.max() + _BEYOND * width, _GRID)
    step = float(grid[1] - grid[0])
    counts, _ = np.histogram(values, bins=np.append(grid - step / 2, grid[-1] + step / 2))
    low, high = step, width
    for _ in range(_HALVINGS):
        middle = (low * high) ** 0.5
        if _n_humps(counts.astype(np.float64), step, middle) > 1:
            low = middle
        else:
            high = middle
    return high


def _n_humps(counts: Floats, step: float, bandwidth: float) -> int:
    offsets = np.arange(-_GRID // 2, _GRID // 2 + 1) * step
    density = np.convolve(counts, np.exp(-0.5 * np.square(offsets / bandwidth)))[_GRID // 2 :][:_GRID]
    density[density < density.max() * _NO_HUMP] = 0
    slopes = np.sign(np.diff(density))
    slopes = slopes[slopes != 0]
    return int(np.count_nonzero(np.diff(slopes) < 0))
