"""The silhouette of every k: exact if all customers can be scored within seconds, sampled otherwise."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from schemas.file_settings import FileSettings
from tasks.clustering.rows import Distinct
from tasks.clustering.sampling import Drawn, Estimates, draw, estimates
from tasks.clustering.silhouette import Labelings, exact_silhouettes
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
    reference_rows: int = 100_000


@dataclass(frozen=True)
class Curve(Estimates):
    """The silhouettes of several labelings of the same customers.

    Attributes:
        distinct: all customers.
        drawn: those that are scored, and their reference; None where all are.
    """

    distinct: Distinct
    drawn: Drawn | None = None

    @property
    def method(self) -> str:
        """Either exact or sampled."""
        return "exact" if self.drawn is None else "sampled"

    @property
    def n_scored(self) -> int:
        """Customers whose silhouette is in the means."""
        return self.distinct.n_customers if self.drawn is None else self.n_drawn

    @property
    def n_against(self) -> int:
        """Customers that the distances of each are measured to: all, or the different rows of the reference."""
        if self.drawn is None or len(self.drawn.reference.rows) == len(self.distinct.rows):
            return self.distinct.n_customers
        return len(self.drawn.reference.rows)

    def with_labeling(self, number: int, labels: Labelings) -> "Curve":
        """Return the curve with one labeling, of shape (n_rows,), replaced, scored for the same customers."""
        values = self.values.copy()
        if self.drawn is None:
            values[0, number] = exact_silhouettes(self.distinct.rows, self.distinct.weights, labels[None])[0]
        else:
            rounds = estimates(self.distinct, labels[None], self.drawn)
            values[:, number] = next(own for own in rounds if own.n_drawn == self.n_drawn).values[:, 0]
        return replace(self, values=values)


def curve_of(
    distinct: Distinct,
    labelings: Labelings,
    *,
    random_state: int,
    scoring: Scoring,
    progress: Progress,
    is_clear: Callable[[Curve], bool] | None = None,
) -> Curve:
    """Return the silhouettes of all labelings: exact where the customers are few, sampled where not.

    Args:
        distinct: the customers.
        labelings: of the distinct rows, shape (n_labelings, n_rows).
        random_state: seed.
        scoring: how many customers are scored.
        progress: called with the customers scored.
        is_clear: whether no more customers need to be scored; None where the highest mean is wanted.
    """
    if len(distinct.rows) <= scoring.exact_rows:
        return _exact(distinct, labelings, progress)
    return _sampled(distinct, labelings, random_state, scoring, progress, is_clear or is_highest_decisive)


def is_highest_decisive(curve: Curve) -> bool:
    """Return whether the labeling with the highest mean leads every other beyond sampling error."""
    best = int(curve.means().argmax())
    leads, errors = curve.leads(best)
    is_led = (errors == 0) | (leads > DECISIVE * errors)
    is_led[best] = True
    return bool(is_led.all())


def _exact(distinct: Distinct, labelings: Labelings, progress: Progress) -> Curve:
    """Score every customer under every labeling."""
    n_rows = len(distinct.rows)

    def report(done: int, total: int) -> None:
        progress("different rows scored", n_rows * done // total, n_rows)

    report(0, 1)
    values = exact_silhouettes(distinct.rows, distinct.weights, labelings, report)
    # One stratum, all of whose rows are scored, which leaves no sampling error.
    one_stratum = np.zeros(n_rows, dtype=np.intp)
    return Curve(values[None], distinct.weights.astype(np.float64), one_stratum, np.array([float(n_rows)]), distinct)


def _sampled(
    distinct: Distinct,
    labelings: Labelings,
    random_state: int,
    scoring: Scoring,
    progress: Progress,
    is_clear: Callable[[Curve], bool],
) -> Curve:
    """Score customers under every labeling until the choice is clear or the budget is spent."""
    drawn = draw(
        distinct, labelings, random_state, max_scored=scoring.max_scored, reference_rows=scoring.reference_rows
    )
    progress("customers scored", 0, drawn.ends[-1])
    for so_far in estimates(distinct, labelings, drawn):
        curve = Curve(so_far.values, so_far.weights, so_far.strata, so_far.sizes, distinct, drawn)
        progress("customers scored", so_far.n_drawn, drawn.ends[-1])
        if is_clear(curve):
            break
    return curve
