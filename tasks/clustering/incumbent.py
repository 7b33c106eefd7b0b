"""The segments of the previous run, which stay until others are better by more than the luck of a run.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.clustering.eligibility import Ruling, rounded
from tasks.clustering.lloyd import Fit, converge, fits_of
from tasks.clustering.rows import Distinct, Floats


@dataclass(frozen=True)
class IncumbentSettings:
    """How much better other segments must be.

    Attributes:
        min_saving: share of J that a fit from another start saves; local optima that are closer may be quite other
            segments, and which one a run finds is luck.
        clear_lead: silhouette by which another k replaces that of the previous run at once; values of k that take turns
            are nearer to each other.
    """

    min_saving: float = 0.01
    clear_lead: float = 0.05


SETTINGS = IncumbentSettings()


@dataclass(frozen=True)
class Incumbent:
    """The segments of the previous run.

    Attributes:
        centroids: in the space of this run's rows, shape (k, n_features).
        runs_ahead: k -> runs in a row, up to the previous one, in which it was ahead of this k.
        k_runs: runs in a row in which another k must be ahead, to replace it.
    """

    centroids: Floats
    runs_ahead: Mapping[int, int]
    k_runs: int

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.centroids)

    def continued(self, distinct: Distinct, *, is_converged: bool) -> Fit:
        """Return the fit that goes on from the centroids of the previous run."""
        return converge(distinct, self.centroids) if is_converged else fits_of(distinct, [self.centroids])[0]


@dataclass(frozen=True)
class Challenge:
    """Another k that is ahead of that of the previous run.

    Attributes:
        k: it.
        over: the k of the previous run.
        runs: runs in a row in which it was ahead, with this one.
        k_runs: runs that it takes.
        lead: its silhouette less that of the other k.
    """

    k: int
    over: int
    runs: int
    k_runs: int
    lead: float

    @property
    def is_won(self) -> bool:
        """Whether it replaces the k of the previous run."""
        return self.runs >= self.k_runs or self.lead >= SETTINGS.clear_lead

    def __str__(self) -> str:
        """Return how it stands, as in ``k=5 is ahead by 0.0131, run 2 of 3``."""
        by = f" by {self.lead:.4f}" if self.lead > 0 else ""
        return f"k={self.k} is ahead{by}, run {self.runs} of {self.k_runs}"


def better(kept: Fit, fresh: Fit) -> Fit:
    """Return the fit that goes on from the previous run, unless another saves so much that it is no luck."""
    is_whole = kept.n_clusters >= fresh.n_clusters
    return kept if is_whole and fresh.objective >= kept.objective * (1 - SETTINGS.min_saving) else fresh


def held(
    ruling: Ruling, fits: Sequence[Fit], means: Floats, incumbent: Incumbent | None, min_customers: int = 1
) -> tuple[Ruling, Challenge | None]:
    """Return the ruling with the k of the previous run as the best, for as long as another has not won.

    Args:
        ruling: on this run's silhouettes alone.
        fits: of every k.
        means: mean silhouette of each.
        incumbent: the segments of the previous run; None where there are none.
        min_customers: minimum customers of a segment; a k that leaves fewer is not kept.
    """
    ks = [fit.n_clusters for fit in fits]
    if incumbent is None or ruling.best is None or ruling.is_only or incumbent.k not in ks:
        return ruling, None
    own, best = ks.index(incumbent.k), ks[ruling.best]
    if best == incumbent.k or fits[own].sizes.min() < min_customers:
        return ruling, None
    lead = float(rounded(means)[ruling.best] - rounded(means)[own])
    challenge = Challenge(best, incumbent.k, incumbent.runs_ahead.get(best, 0) + 1, incumbent.k_runs, lead)
    return (ruling if challenge.is_won else replace(ruling, best=own)), challenge
