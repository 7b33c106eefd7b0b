"""The unimodal distribution that is nearest to some values: what a number would look like without groups.

Left of its mode a unimodal distribution function is convex, right of it concave. The nearest one follows the
greatest convex minorant of the observed function up to the mode and the least concave majorant from there on;
how far it is from the observed one is the dip of Hartigan & Hartigan (1985). It keeps skew, heavy tails and a
share of equal values at the mode, which a smoothed density does not; but of overlapping groups it keeps more than
``unimodality`` does, which decides on one number alone. Arrays in, arrays out: no SQL, no files.
"""

from dataclasses import dataclass

import numpy as np

from tasks.clustering.rows import Floats

#: Quantiles that the distribution is found on: their distance bounds what it can be wrong by.
_QUANTILES = 400


@dataclass(frozen=True)
class Unimodal:
    """A unimodal distribution.

    Attributes:
        values: at which its distribution function bends, ascending; the mode may stand twice.
        shares: the distribution function there, 0 to 1.
        dip: how far the observed distribution function is from it, 0 to 1.
        mean: of what is drawn.
        std: standard deviation of what is drawn.
    """

    values: Floats
    shares: Floats
    dip: float
    mean: float
    std: float

    def draw(self, n_values: int, rng: np.random.Generator) -> Floats:
        """Return values of this distribution, ascending, with the mean and deviation that were observed."""
        places = (np.arange(n_values) + rng.random(n_values)) / n_values
        drawn = np.interp(places, self.shares, self.values)
        spread = float(drawn.std())
        scaled: Floats = self.mean + (drawn - drawn.mean()) * (self.std / spread if spread > 0 else 1.0)
        return scaled


def nearest_unimodal(values: Floats) -> Unimodal:
    """Return the unimodal distribution that is nearest to some values.

    Args:
        values: shape (n,), n at least 1.
    """
    ordered = np.sort(values)
    at = np.unique(np.quantile(ordered, np.linspace(0, 1, _QUANTILES + 1), method="inverted_cdf"))
    below = np.searchsorted(ordered, at, "left") / len(ordered)
    up_to = np.searchsorted(ordered, at, "right") / len(ordered)
    convex = _convex_minorants(at, below)
    # Seen from the right, what is concave is convex.
    concave = [len(at) - 1 - hull[::-1] for hull in reversed(_convex_minorants(-at[::-1], 1 - up_to[::-1]))]

    def dip(mode: int) -> float:
        left = up_to[:mode] - np.interp(at[:mode], at[convex[mode]], below[convex[mode]])
        right = np.interp(at[mode + 1 :], at[concave[mode]], up_to[concave[mode]]) - below[mode + 1 :]
        return float(max(left.max(initial=0.0), right.max(initial=0.0)))

    dips = [dip(mode) for mode in range(len(at))]
    mode = int(np.argmin(dips))
    left, right = convex[mode], concave[mode]
    return Unimodal(
        np.concatenate([at[left], at[right]]),
        np.concatenate([below[left], up_to[right]]),
        dips[mode],
        float(values.mean()),
        float(values.std()),
    )


def _convex_minorants(x: Floats, y: Floats) -> list[np.ndarray]:
    """Return, for every point, which points span the greatest convex minorant of those up to it (monotone chain)."""
    across, up = x.tolist(), y.tolist()
    hull: list[int] = []
    hulls = []
    for point in range(len(across)):
        while len(hull) > 1 and not _turns_up(across, up, hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
        hulls.append(np.array(hull))
    return hulls


def _turns_up(x: list[float], y: list[float], first: int, second: int, third: int) -> bool:
    """Return whether the way from the first point over the second to the third bends upwards."""
    return (x[second] - x[first]) * (y[third] - y[first]) > (y[second] - y[first]) * (x[third] - x[first])
