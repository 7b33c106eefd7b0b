"""Estimate mean silhouettes from a random sample of the customers, with a 95 % interval.

Cochran, Sampling Techniques (1977), chapter 5: customers are drawn from strata, without replacement,
in proportion to the size of the strata. A stratum is the customers with the same segment in every
labeling, and all small groups of such together; each stratum's mean counts by its size. The silhouette
of a drawn customer is computed from the distances to all customers, or to a large reference drawn from
the same strata (``reference``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tasks.clustering.reference import Reference, draw_reference
from tasks.clustering.rows import Distinct, Floats, Positions, Weights
from tasks.clustering.silhouette import Labelings, Segments, silhouettes_of

#: Customers scored at first; their number is doubled until the choice is decisive or the budget is spent.
FIRST_SCORED = 2_000

#: Standard errors of a mean silhouette on either side of it in its 95 % interval.
IN_95_PERCENT = 1.959964

#: Share of the customers from which a group that no labeling splits is a stratum of its own.
_STRATUM_SHARE = 0.01


@dataclass(frozen=True)
class Estimates:
    """Silhouettes of the customers drawn so far.

    Attributes:
        values: each customer's silhouette under each labeling, first from the whole reference, then from
            all but one of its groups; shape (1 + n_groups or 1, n_labelings, n_drawn).
        weights: customers that each customer drawn represents, shape (n_drawn,).
        strata: stratum of each customer drawn.
        sizes: customers of each stratum, drawn or not.
    """

    values: Floats
    weights: Floats
    strata: npt.NDArray[np.intp]
    sizes: Floats

    @property
    def n_drawn(self) -> int:
        """Customers drawn."""
        return len(self.strata)

    def means(self) -> Floats:
        """Return the mean silhouette of all customers under each labeling, as estimated."""
        means: Floats = self._means(self.values)[0]
        return means

    def standard_errors(self) -> Floats:
        """Return the standard error of each mean."""
        return self._standard_errors(self.values)

    def leads(self, best: int) -> tuple[Floats, Floats]:
        """Return by how much a labeling's mean is above that of each, and the standard error of that.

        The customers are the same under all labelings, so the difference is known better than either mean.
        """
        differences = self.values[:, [best]] - self.values
        return self._means(differences)[0], self._standard_errors(differences)

    def quartiles(self) -> Floats:
        """Return the lower and upper quartile of the silhouettes of all customers, shape (n_labelings, 2)."""
        shares, weights = (0.25, 0.75), self.weights
        quartiles: Floats = np.quantile(self.values[0], shares, axis=1, weights=weights, method="inverted_cdf").T
        return quartiles

    def _means(self, values: Floats) -> Floats:
        means: Floats = values @ (self.weights / self.weights.sum())
        return means

    def _standard_errors(self, values: Floats) -> Floats:
        drawn = np.bincount(self.strata, minlength=len(self.sizes)).astype(np.float64)
        of_drawing = np.zeros(values.shape[1])
        for stratum in np.flatnonzero(drawn > 1):
            spread = values[0][:, self.strata == stratum].var(axis=1, ddof=1)
            left = 1 - drawn[stratum] / self.sizes[stratum]
            of_drawing += (self.sizes[stratum] / self.sizes.sum()) ** 2 * left * spread / drawn[stratum]
        return np.sqrt(of_drawing + self._of_reference(values))

    def _of_reference(self, values: Floats) -> Floats:
        """Return the part of the variance of each mean that the reference adds."""
        n_groups = len(values) - 1
        if n_groups < 2:
            return np.zeros(values.shape[1])
        without = self._means(values)[1:]
        squares: Floats = np.square(without - without.mean(axis=0)).sum(axis=0) * (n_groups - 1) / n_groups
        return squares


@dataclass(frozen=True)
class Drawn:
    """Customers to score, in the order in which they are added, and their reference.

    Attributes:
        rows: row of each customer drawn, by the round in which it is added.
        strata: stratum of each.
        ends: how many are drawn after each round.
        sizes: customers of each stratum.
        reference: the rows that their distances are measured to.
    """

    rows: Positions
    strata: npt.NDArray[np.intp]
    ends: tuple[int, ...]
    sizes: Floats
    reference: Reference


def draw(
    distinct: Distinct,
    labelings: Labelings,
    random_state: int,
    *,
    max_scored: int,
    reference_rows: int,
) -> Drawn:
    """Draw the customers to score and their reference.

    Args:
        distinct: the customers.
        labelings: of the distinct rows, shape (n_labelings, n_rows).
        random_state: seed.
        max_scored: customers to score at most, about.
        reference_rows: rows of the reference at most, about.
    """
    rng = np.random.default_rng(random_state)
    stratum_of, sizes = _strata(distinct, labelings)
    members = _by_stratum(stratum_of, len(sizes))
    rounds = _rounds(max_scored)
    wanted = [_allocated(sizes, n_scored) for n_scored in rounds]
    rows = [_drawn_customers(rng, own, distinct.weights, size) for own, size in zip(members, wanted[-1], strict=True)]
    order = [(number, stratum) for number in range(len(rounds)) for stratum in range(len(sizes))]
    before = [np.zeros(len(sizes), dtype=np.intp), *wanted[:-1]]
    pieces = [rows[stratum][before[number][stratum] : wanted[number][stratum]] for number, stratum in order]
    return Drawn(
        rows=np.concatenate(pieces),
        strata=np.repeat([stratum for _, stratum in order], [len(piece) for piece in pieces]),
        ends=tuple(int(counts.sum()) for counts in wanted),
        sizes=sizes,
        reference=draw_reference(rng, distinct, members, reference_rows),
    )


def estimates(distinct: Distinct, labelings: Labelings, drawn: Drawn) -> Iterator[Estimates]:
    """Yield what is known after each round of customers."""
    segments = Segments.of(labelings, distinct.weights)
    reference = distinct.rows.take(drawn.reference.rows)
    groups = drawn.reference.groups(segments)
    values: list[Floats] = []
    for first, end in zip((0, *drawn.ends[:-1]), drawn.ends, strict=True):
        rows = drawn.rows[first:end]
        values.append(silhouettes_of(distinct.rows.take(rows), segments.take(rows), reference, groups))
        strata = drawn.strata[:end]
        weights = (drawn.sizes / np.bincount(strata, minlength=len(drawn.sizes)))[strata]
        yield Estimates(np.concatenate(values, axis=2), weights, strata, drawn.sizes)


def _rounds(max_scored: int) -> list[int]:
    """Return how many customers are scored after each round: twice as many as before, up to the maximum."""
    rounds = [min(FIRST_SCORED, max_scored)]
    while rounds[-1] < max_scored:
        rounds.append(min(2 * rounds[-1], max_scored))
    return rounds


def _strata(distinct: Distinct, labelings: Labelings) -> tuple[npt.NDArray[np.intp], Floats]:
    """Return the stratum of each row, and the customers in each stratum; small ones are one stratum together."""
    keys = np.zeros(len(distinct.rows), dtype=np.uint64)
    for labels in labelings:
        # Two strata with the same key would be one, which does no harm.
        keys = (keys ^ labels) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    codes, _ = pd.factorize(keys)
    sizes = np.bincount(codes, distinct.weights)
    is_own = sizes >= _STRATUM_SHARE * distinct.n_customers
    number_of = np.where(is_own, np.cumsum(is_own) - 1, int(is_own.sum()))
    strata: npt.NDArray[np.intp] = number_of[codes]
    return strata, np.bincount(strata, distinct.weights).astype(np.float64)


def _by_stratum(stratum_of: npt.NDArray[np.intp], n_strata: int) -> list[Positions]:
    order = np.argsort(stratum_of, kind="stable")
    return np.split(order, np.cumsum(np.bincount(stratum_of, minlength=n_strata))[:-1])


def _allocated(sizes: Floats, n_scored: int) -> npt.NDArray[np.intp]:
    """Return how many customers of each stratum are drawn: in proportion, at least two for a variance."""
    counts: npt.NDArray[np.intp] = np.minimum(np.maximum(np.ceil(n_scored * sizes / sizes.sum()), 2), sizes).astype(
        np.intp
    )
    return counts


def _drawn_customers(rng: np.random.Generator, rows: Positions, weights: Weights, n_drawn: int) -> Positions:
    """Return the rows of customers drawn without replacement, in random order."""
    ends = np.cumsum(weights[rows])
    customers = rng.choice(int(ends[-1]), int(n_drawn), replace=False)
    drawn: Positions = rows[np.searchsorted(ends, customers, side="right")]
    return drawn
