"""Whether a number is multimodal on its own: compared with the closest smooth unimodal distribution.

Permuting does not change a number. The closest unimodal distribution is the kernel density of the critical
bandwidth (Silverman 1981). No real file has needed this so far; without it, customers with one multimodal
column among unrelated ones (``one-number`` of ``benchmarks.planted``) get an arbitrary k in all columns
instead of the modes of that one, and a file of one multimodal column gets no segments at all. Arrays in,
arrays out: no SQL, no files.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tasks.clustering.rows import Floats


@dataclass(frozen=True)
class DensitySettings:
    """How modes are counted.

    Attributes:
        grid: points of the grid that a density is computed on.
        beyond: how far the grid goes beyond the values, as a share of their range.
        halvings: steps of the search for the bandwidth, which give it to seven digits.
        min_density: density as a share of the highest one below which a mode is rounding error.
    """

    grid: int = 512
    beyond: float = 0.3
    halvings: int = 25
    min_density: float = 1e-6


SETTINGS = DensitySettings()


def draw_unimodal(values: Floats, random_state: int) -> Floats:
    """Return as many values drawn from the closest unimodal distribution, with the mean and deviation of some values.

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


def least_unimodal(numbers: Mapping[str, Floats], max_numbers: int) -> list[str]:
    """Return the names of the numbers, in their order, that must be smoothed most to be unimodal.

    Args:
        numbers: name -> values, not all equal.
        max_numbers: how many.
    """
    if len(numbers) <= max_numbers:
        return list(numbers)
    smoothed = {name: critical_bandwidth(values) / values.std() for name, values in numbers.items()}
    least = sorted(smoothed, key=lambda name: -smoothed[name])[:max_numbers]
    return [name for name in numbers if name in least]


def critical_bandwidth(values: Floats) -> float:
    """Return the smallest bandwidth at which a Gaussian kernel density of some values is unimodal."""
    width = float(np.ptp(values))
    grid = np.linspace(values.min() - SETTINGS.beyond * width, values.max() + SETTINGS.beyond * width, SETTINGS.grid)
    step = float(grid[1] - grid[0])
    counts, _ = np.histogram(values, bins=np.append(grid - step / 2, grid[-1] + step / 2))
    low, high = step, width
    for _ in range(SETTINGS.halvings):
        middle = (low * high) ** 0.5
        if _n_modes(counts.astype(np.float64), step, middle) > 1:
            low = middle
        else:
            high = middle
    return high


def _n_modes(counts: Floats, step: float, bandwidth: float) -> int:
    offsets = np.arange(-SETTINGS.grid // 2, SETTINGS.grid // 2 + 1) * step
    kernel = np.exp(-0.5 * np.square(offsets / bandwidth))
    density = np.convolve(counts, kernel)[SETTINGS.grid // 2 :][: SETTINGS.grid]
    density[density < density.max() * SETTINGS.min_density] = 0
    slopes = np.sign(np.diff(density))
    slopes = slopes[slopes != 0]
    return int(np.count_nonzero(np.diff(slopes) < 0))
