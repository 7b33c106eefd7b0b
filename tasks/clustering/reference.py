"""The rows to which distances of sampled customers are measured: all, or a large representative sample.

The variance that such a sample adds to a mean silhouette is estimated by leaving out a tenth of it at a
time: the jackknife of random groups (Wolter, Introduction to Variance Estimation (2007), chapter 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tasks.clustering.rows import Distinct, Floats, Positions, Weights
from tasks.clustering.silhouette import Segments

#: Rows of a stratum that are always in the reference, as the mean distance to few is coarse.
_MIN_ROWS = 1_000

#: Random groups of the jackknife.
_GROUPS = 10


@dataclass(frozen=True)
class Reference:
    """Rows to measure distances to, group by group.

    Attributes:
        rows: indices among the different rows.
        weights: customers that each of these represents.
        group_sizes: rows in each group: first those that are always there, then the groups of the sample,
            if there is one.
    """

    rows: Positions
    weights: Floats
    group_sizes: tuple[int, ...]

    def groups(self, segments: Segments) -> list[Segments]:
        """Return the segments of the rows of each group."""
        own = replace(segments.take(self.rows), weights=self.weights)
        ends = np.cumsum(self.group_sizes)
        return [own.take(slice(end - size, end)) for end, size in zip(ends, self.group_sizes, strict=True)]


def draw_reference(rng: np.random.Generator, distinct: Distinct, strata: Sequence[Positions], n_rows: int) -> Reference:
    """Return all rows where there are no more, else a sample that represents all.

    Rows of many customers are always in it, and so are all rows of a small stratum.

    Args:
        rng: source of randomness.
        distinct: the customers.
        strata: the rows of each stratum.
        n_rows: rows to draw, about.
    """
    if len(distinct.rows) <= n_rows:
        return Reference(np.arange(len(distinct.rows)), distinct.weights.astype(np.float64), (len(distinct.rows),))
    share = n_rows / len(distinct.rows)
    parts = [_parted(rng, rows, distinct.weights[rows], share) for rows in strata]
    certain = np.concatenate([own for own, _, _ in parts])
    drawn, weights = (np.concatenate(column) for column in list(zip(*parts, strict=True))[1:])
    # Every tenth row of a stratum is in one group; within a group the rows of a stratum stay together.
    group_of = np.concatenate([np.arange(len(own)) % _GROUPS for _, own, _ in parts])
    order = np.argsort(group_of, kind="stable")
    sizes = [int(size) for size in np.bincount(group_of)]
    return Reference(
        rows=np.concatenate([certain, drawn[order]]),
        weights=np.concatenate([distinct.weights[certain].astype(np.float64), weights[order]]),
        group_sizes=(len(certain), *sizes),
    )


def _parted(
    rng: np.random.Generator, rows: Positions, weights: Weights, share: float
) -> tuple[Positions, Positions, Floats]:
    """Return the rows of a stratum that are always there, those drawn of the others, and the weights of these."""
    is_heavy = weights * share >= weights.mean()
    certain, rest = rows[is_heavy], np.flatnonzero(~is_heavy)
    size = max(_GROUPS, max(_MIN_ROWS, int(share * len(rows))) - len(certain))
    if len(rest) <= size:
        return rows, rows[:0], np.empty(0)
    drawn = rng.choice(rest, size, replace=False)
    return certain, rows[drawn], weights[drawn] * (weights[rest].sum() / weights[drawn].sum())
