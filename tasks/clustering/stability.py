"""How far segments come again: with other seeds, and with the customers drawn again.

Two clusterings agree by the adjusted Rand index (Hubert & Arabie 1985), one segment with another
clustering by the largest Jaccard index (Hennig, Cluster-wise assessment of cluster stability, 2007).

Every fit that the segments are held against starts by itself, by k-means++. Started from the published
centroids k-means ends next to them whatever the data are: on noise of ten features the segments of 5,000
customers agreed .99 between seeds and .5 between resamples that way; it is .2 and .15 from starts of their own.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from tasks.clustering.parallel import in_order
from tasks.clustering.rows import Distinct, Floats, Matrix, Positions
from tasks.clustering.search import SEARCHED_ROWS, Sample, sample_of

#: Bytes of the sampled rows at most: each thread holds some copies of them, and time grows with them.
_SAMPLE_BYTES = 4 << 20

#: Fits with other seeds, and fits to customers drawn again: of every k, and of the published one.
_SEEDS, _RESAMPLES, _PUBLISHED_RESAMPLES = 3, 5, 20

#: Restarts of each fit. They are worth more than more fits are: beside fits of ten restarts the agreement of
#: seeds came out .17 too low with one restart, .11 with two and .07 with three, and that of resamples .11, .06
#: and .05 (six kinds of customers, k of 2 to 10); eight resamples instead of five change the error by .01.
_RESTARTS = 3

#: Centroids stand still when they move less than this, in parts of the variance: another sample moves them more.
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Agreement:
    """How far the segments of one k come again; what is not defined is None.

    Attributes:
        seeds: mean adjusted Rand index with fits of other seeds to the same customers; 1 is the same, 0 chance.
        resampling: mean adjusted Rand index with fits to customers drawn with replacement.
        segments: of each segment the mean of its largest Jaccard index with a segment of those fits,
            0 to 1; NaN of one that the sample holds nobody of. Shape (k,).
    """

    seeds: float | None = None
    resampling: float | None = None
    segments: Floats | None = None


def agreements_of(
    distinct: Distinct,
    centroids: Sequence[Floats],
    random_state: int,
    *,
    published: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Agreement]:
    """Return how far the segments of every k come again, on a sample of the customers.

    Every customer of the sample is in the segment of the nearest centroid, whether or not it was drawn
    again. Nothing is defined of one segment, nor where the sample has fewer different rows than there
    are segments.

    Args:
        distinct: the customers.
        centroids: those of every k, each of shape (k, n_features).
        random_state: seed.
        published: place among the centroids of those that are published; for them customers are drawn
            again more often.
        progress: called with the fits done and in all.
    """
    if all(len(own) == 1 for own in centroids):
        return [Agreement() for _ in centroids]
    sample = sample_of(distinct, SEARCHED_ROWS, _SAMPLE_BYTES, random_state)
    labels = list(in_order(lambda own: _nearest(sample, own.astype(np.float32)), centroids))
    others = [
        other
        for number, own in enumerate(centroids)
        if 1 < len(own) <= sample.n_rows
        for other in _others(number, len(own), is_published=number == published)
    ]
    # The largest k takes longest, so it starts first.
    others.sort(key=lambda other: -other.k)

    def held_against(other: _Other) -> Floats:
        return _customers_in(sample, labels[other.number], other.k, _labels_of(sample, other, random_state))

    tables: dict[_Other, Floats] = {}
    with warnings.catch_warnings():
        # Rows that were drawn again may be too near each other for k-means; fewer segments are an answer, too.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for other, table in zip(others, in_order(held_against, others, n_cells=sample.n_cells), strict=True):
            tables[other] = table
            progress(len(tables), len(others))
    return [_agreement(number, tables) for number in range(len(centroids))]


def adjusted_rand_index(table: Floats) -> float:
    """Return the agreement of two clusterings: 1 where they are the same, 0 where it is that of chance.

    Args:
        table: customers in each segment of the one and of the other, shape (k, other_k).
    """
    together, own, other, every = (
        float((counts * (counts - 1)).sum()) / 2
        for counts in (table, table.sum(axis=1), table.sum(axis=0), table.sum())
    )
    by_chance, most = own * other / max(every, 1.0), (own + other) / 2
    # Where the most is that of chance, both have all customers together, or none with any other.
    return 1.0 if most == by_chance else (together - by_chance) / (most - by_chance)


def jaccard_indices(table: Floats) -> Floats:
    """Return of each segment the largest Jaccard index with any of the other clustering, NaN of an empty one.

    Args:
        table: customers in each segment of the one and of the other, shape (k, other_k).
    """
    own = table.sum(axis=1, keepdims=True)
    either = own + table.sum(axis=0) - table
    largest = (table / np.maximum(either, 1)).max(axis=1)
    return np.where(own[:, 0] > 0, largest, np.nan)


@dataclass(frozen=True)
class _Other:
    """A fit that segments are held against: the place and number of theirs, and which seed or resample it is."""

    number: int
    k: int
    again: int
    is_resampled: bool


def _others(number: int, k: int, *, is_published: bool) -> list[_Other]:
    n_resamples = _PUBLISHED_RESAMPLES if is_published else _RESAMPLES
    return [
        *(_Other(number, k, again, is_resampled=False) for again in range(_SEEDS)),
        *(_Other(number, k, again, is_resampled=True) for again in range(n_resamples)),
    ]


def _labels_of(sample: Sample, other: _Other, random_state: int) -> Positions:
    """Return which segment of the other fit each row of the sample is in."""
    rng = np.random.default_rng([random_state % 2**32, other.is_resampled, other.again])
    seen = _drawn_again(sample, rng) if other.is_resampled else sample
    fit = seen.fitted(
        min(other.k, seen.n_rows),
        n_init=_RESTARTS,
        tol=_TOLERANCE,
        random_state=int(rng.integers(2**32)),
    )
    return _nearest(sample, fit.cluster_centers_)


def _drawn_again(sample: Sample, rng: np.random.Generator) -> Sample:
    """Return as many customers as there are, drawn with replacement."""
    n_customers = sample.weights.sum()
    counts = rng.multinomial(int(n_customers), sample.weights / n_customers)
    drawn = np.flatnonzero(counts)
    return Sample(sample.matrix[drawn], counts[drawn].astype(np.float64))


def _nearest(sample: Sample, centroids: Matrix) -> Positions:
    labels: Positions = sample.beyond_own_squares(centroids).argmin(axis=1)
    return labels


def _customers_in(sample: Sample, labels: Positions, k: int, others: Positions) -> Floats:
    """Return the customers in each segment of the one and of the other clustering, shape (k, other_k)."""
    n_others = int(others.max()) + 1
    counts = np.bincount(labels * n_others + others, sample.weights, minlength=k * n_others)
    return counts.astype(np.float64).reshape(k, n_others)


def _agreement(number: int, tables: Mapping[_Other, Floats]) -> Agreement:
    of_seeds, of_resamples = (
        [table for other, table in tables.items() if (other.number, other.is_resampled) == (number, is_resampled)]
        for is_resampled in (False, True)
    )
    if not of_seeds:
        return Agreement()
    return Agreement(
        seeds=float(np.mean([adjusted_rand_index(table) for table in of_seeds])),
        resampling=float(np.mean([adjusted_rand_index(table) for table in of_resamples])),
        segments=np.mean([jaccard_indices(table) for table in of_resamples], axis=0),
    )
