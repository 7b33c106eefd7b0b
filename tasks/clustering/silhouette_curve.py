"""The silhouette of every k: exact where all customers can be scored within seconds, sampled beyond.

Both give the mean of each k, its standard error (0 where it is exact), the lead of the best over each
other k, and the quartiles of the customers' own silhouettes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from schemas.file_settings import FileSettings
from tasks.clustering.rows import Distinct, Floats
from tasks.clustering.sampling import Drawn, Estimates, draw, estimates
from tasks.clustering.silhouette import Labellings, exact_silhouettes
from tasks.run.progress import Progress

#: Standard errors by which the best k must lead every other for the choice to be decisive: more than the 1.96
#: of one comparison, as there are several of them after every round.
DECISIVE = 3.0


@dataclass(frozen=True)
class Scoring:
    """How many customers are scored, and from the distances to how many.

    Attributes:
        exact_rows: different rows up to which every customer is scored; the time is quadratic in them.
        max_scored: customers scored at most where there are more, about.
        reference_rows: different rows that their distances are measured to at most, about.
    """

    exact_rows: int = FileSettings.exact_rows
    max_scored: int = FileSettings.max_scored
    reference_rows: int = 200_000


class Curve(Protocol):
    """The silhouettes of several labellings of the same customers."""

    @property
    def method(self) -> str:
        """Either exact or sampled."""

    @property
    def n_scored(self) -> int:
        """Customers whose silhouette is in the means."""

    @property
    def n_against(self) -> int:
        """Customers that the distances of each are measured to: all, or the different rows of a sample."""

    def means(self) -> Floats:
        """Return the mean silhouette of each labelling."""

    def standard_errors(self) -> Floats:
        """Return the standard error of each mean."""

    def leads(self, best: int) -> tuple[Floats, Floats]:
        """Return the lead of a labelling over each, and its standard error."""

    def quartiles(self) -> Floats:
        """Return the lower and upper quartile of the customers' silhouettes, shape (n_labellings, 2)."""

    def with_labelling(self, number: int, labels: Labellings) -> "Curve":
        """Return the curve with one labelling, of shape (n_rows,), in another's place."""


@dataclass(frozen=True)
class Exact:
    """Every customer scored exactly."""

    distinct: Distinct
    values: Floats

    @property
    def method(self) -> str:
        """Either exact or sampled."""
        return "exact"

    @classmethod
    def of(cls, distinct: Distinct, labellings: Labellings, progress: Progress) -> "Exact":
        """Score every customer under every labelling."""
        n_rows = len(distinct.rows)

        def report(done: int, total: int) -> None:
            progress("different rows scored", n_rows * done // total, n_rows)

        report(0, 1)
        return cls(distinct, exact_silhouettes(distinct.rows, distinct.weights, labellings, report))

    @property
    def n_scored(self) -> int:
        """All customers."""
        return self.distinct.n_customers

    @property
    def n_against(self) -> int:
        """All customers."""
        return self.distinct.n_customers

    def means(self) -> Floats:
        """Return the mean silhouette of each labelling."""
        means: Floats = self.values @ (self.distinct.weights / self.distinct.n_customers)
        return means

    def standard_errors(self) -> Floats:
        """Return 0 for each."""
        return np.zeros(len(self.values))

    def leads(self, best: int) -> tuple[Floats, Floats]:
        """Return the lead of a labelling over each, and 0 for each."""
        means = self.means()
        return means[best] - means, np.zeros(len(means))

    def quartiles(self) -> Floats:
        """Return the lower and upper quartile of each labelling."""
        weights = self.distinct.weights
        quartiles: Floats = np.quantile(self.values, (0.25, 0.75), axis=1, weights=weights, method="inverted_cdf").T
        return quartiles

    def with_labelling(self, number: int, labels: Labellings) -> "Exact":
        """Return the curve with one labelling in another's place."""
        values = self.values.copy()
        (values[number],) = exact_silhouettes(self.distinct.rows, self.distinct.weights, labels[None])
        return replace(self, values=values)


@dataclass(frozen=True)
class Sampled:
    """Some customers scored, from the distances to all or to a large reference."""

    distinct: Distinct
    drawn: Drawn
    so_far: Estimates

    @property
    def method(self) -> str:
        """Either exact or sampled."""
        return "sampled"

    @classmethod
    def of(
        cls,
        distinct: Distinct,
        labellings: Labellings,
        random_state: int,
        scoring: Scoring,
        progress: Progress,
        is_clear: "Callable[[Curve], bool]",
    ) -> "Sampled":
        """Score customers under every labelling until the choice is clear or the budget is spent."""
        drawn = draw(
            distinct,
            labellings,
            random_state,
            max_scored=scoring.max_scored,
            reference_rows=scoring.reference_rows,
        )
        progress("customers scored", 0, drawn.ends[-1])
        curve = None
        for so_far in estimates(distinct, labellings, drawn):
            curve = cls(distinct, drawn, so_far)
            progress("customers scored", so_far.n_drawn, drawn.ends[-1])
            if is_clear(curve):
                break
        assert curve is not None  # noqa: S101  # there is a first round
        return curve

    @property
    def n_scored(self) -> int:
        """Customers drawn."""
        return self.so_far.n_drawn

    @property
    def n_against(self) -> int:
        """All customers, or the different rows of the reference."""
        n_rows = len(self.drawn.reference.rows)
        return n_rows if n_rows < len(self.distinct.rows) else self.distinct.n_customers

    def means(self) -> Floats:
        """Return the estimated mean silhouette of each labelling."""
        return self.so_far.means()

    def standard_errors(self) -> Floats:
        """Return the standard error of each mean."""
        return self.so_far.standard_errors()

    def leads(self, best: int) -> tuple[Floats, Floats]:
        """Return the lead of a labelling over each, and its standard error."""
        return self.so_far.leads(best)

    def quartiles(self) -> Floats:
        """Return the estimated lower and upper quartile of each labelling."""
        return self.so_far.quartiles()

    def with_labelling(self, number: int, labels: Labellings) -> "Sampled":
        """Return the curve with one labelling in another's place, scored for the same customers."""
        values = self.so_far.values.copy()
        for own in estimates(self.distinct, labels[None], self.drawn):
            if own.n_drawn == self.n_scored:
                values[:, number] = own.values[:, 0]
                break
        return replace(self, so_far=replace(self.so_far, values=values))


def curve_of(
    distinct: Distinct,
    labellings: Labellings,
    *,
    random_state: int,
    scoring: Scoring,
    progress: Progress,
    is_clear: Callable[[Curve], bool] | None = None,
) -> Curve:
    """Return the silhouettes of all labellings: exact where the customers are few, sampled where not.

    Args:
        distinct: the customers.
        labellings: of the distinct rows, shape (n_labellings, n_rows).
        random_state: seed.
        scoring: how many customers are scored.
        progress: told of the customers scored.
        is_clear: whether no more customers need to be scored; None where the highest mean is wanted.
    """
    if len(distinct.rows) <= scoring.exact_rows:
        return Exact.of(distinct, labellings, progress)
    return Sampled.of(distinct, labellings, random_state, scoring, progress, is_clear or is_highest_decisive)


def is_highest_decisive(curve: Curve) -> bool:
    """Return whether the labelling with the highest mean leads every other beyond sampling error."""
    return all(is_apart(curve, int(curve.means().argmax())))


def is_apart(curve: Curve, best: int) -> list[bool]:
    """Return of each labelling whether the best leads it beyond sampling error; True for the best."""
    leads, errors = curve.leads(best)
    return [
        bool(number == best or error == 0 or lead > DECISIVE * error)
        for number, (lead, error) in enumerate(zip(leads, errors, strict=True))
    ]
