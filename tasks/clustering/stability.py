"""How stable segments are: with other random seeds, and with bootstrap resamples of the customers.

Two clusterings are compared by the adjusted Rand index (ARI, Hubert & Arabie 1985), a segment and a
clustering by the largest Jaccard index (Hennig, Cluster-wise assessment of cluster stability, 2007).

Every fit that the segments are compared with starts on its own, by k-means++. Started from the published
centroids, k-means converges next to them whatever the data are: on noise of ten features the segments of
5,000 customers had an ARI of .99 between seeds and .5 between resamples that way; it is .2 and .15 otherwise.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tasks.clustering.kmeans import fit_restarts
from tasks.clustering.parallel import in_order
from tasks.clustering.rows import Distinct, Floats, Matrix, Positions
from tasks.clustering.search import SEARCH, Sample, sample_of


@dataclass(frozen=True)
class StabilitySettings:
    """How stability is measured.

    Attributes:
        min_customers: of fewer nothing is measured, as chance decides: a resample of six leaves out two of them.
        rows: customers in the sample.
        sample_bytes: bytes of their rows at most: each thread holds some copies, and time grows with them.
        seeds: fits with other random seeds.
        resamples: fits to bootstrap resamples, for every k.
        published_resamples: the same for the published k, whose segments get a stability each.
        restarts: of each fit. They improve the estimate more than more fits do: compared with ten restarts
            the ARI of seeds is .17 too low with one, .11 with two and .07 with three, that of resamples .11,
            .06 and .05 (six kinds of customers, k of 2 to 10); eight resamples for five change it by .01.
        tolerance: move of the centroids, as a share of the variance, below which a fit has converged; another
            sample moves them more.
    """

    min_customers: int = 20
    rows: int = SEARCH.rows
    sample_bytes: int = 4 << 20
    seeds: int = 3
    resamples: int = 5
    published_resamples: int = 20
    restarts: int = 3
    tolerance: float = 1e-3


SETTINGS = StabilitySettings()


@dataclass(frozen=True)
class Stability:
    """How stable the segments of one k are; what is not defined is None.

    Attributes:
        ari_seeds: mean ARI with fits of other random seeds to the same customers; 1 is the same, 0 chance.
        ari_bootstrap: mean ARI with fits to bootstrap resamples.
        segments: of each segment the mean of its largest Jaccard index with a segment of those fits,
            0 to 1; NaN where the sample has no customer of it. Shape (k,).
    """

    ari_seeds: float | None = None
    ari_bootstrap: float | None = None
    segments: Floats | None = None


def stability_of(
    distinct: Distinct,
    centroids: Sequence[Floats],
    random_state: int,
    *,
    published: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Stability]:
    """Return how stable the segments of every k are, on a sample of the customers.

    Every customer of the sample is in the segment of the nearest centroid, whether or not it was resampled.
    Nothing is defined for one segment, for few customers, nor where the sample has fewer different rows than segments.

    Args:
        distinct: the customers.
        centroids: those of every k, each of shape (k, n_features).
        random_state: seed.
        published: index of the published centroids, which get more resamples.
        progress: called with the fits done and in all.
    """
    if distinct.n_customers < SETTINGS.min_customers or all(len(own) == 1 for own in centroids):
        return [Stability() for _ in centroids]
    sample = sample_of(distinct, SETTINGS.rows, SETTINGS.sample_bytes, random_state)
    labels = list(in_order(lambda own: _nearest(sample, own.astype(np.float32)), centroids))
    others = [
        other
        for number, own in enumerate(centroids)
        if 1 < len(own) <= sample.n_rows
        for other in _others(number, len(own), is_published=number == published)
    ]
    # The largest k takes longest, so it starts first.
    others.sort(key=lambda other: -other.k)

    def compared(other: _Other) -> Floats:
        return _customers_in(sample, labels[other.number], other.k, _labels_of(sample, other, random_state))

    tables: dict[_Other, Floats] = {}
    for other, table in zip(others, in_order(compared, others, n_cells=sample.n_cells), strict=True):
        tables[other] = table
        progress(len(tables), len(others))
    return [_stability_of(number, tables) for number in range(len(centroids))]


def adjusted_rand_index(table: Floats) -> float:
    """Return the agreement of two clusterings: 1 where they are the same, 0 where it is that of chance.

    Args:
        table: customers in each segment of the one and of the other, shape (k, other_k).
    """
    together, own, other, every = (
        float((counts * (counts - 1)).sum()) / 2
        for counts in (table, table.sum(axis=1), table.sum(axis=0), table.sum())
    )
    by_chance, maximum = own * other / max(every, 1.0), (own + other) / 2
    # Where the maximum is that of chance, both have all customers together, or each one apart.
    return 1.0 if maximum == by_chance else (together - by_chance) / (maximum - by_chance)


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
    """A fit that segments are compared with: their index and k, and which seed or resample it is."""

    number: int
    k: int
    again: int
    is_resampled: bool


def _others(number: int, k: int, *, is_published: bool) -> list[_Other]:
    n_resamples = SETTINGS.published_resamples if is_published else SETTINGS.resamples
    return [
        *(_Other(number, k, again, is_resampled=False) for again in range(SETTINGS.seeds)),
        *(_Other(number, k, again, is_resampled=True) for again in range(n_resamples)),
    ]


def _labels_of(sample: Sample, other: _Other, random_state: int) -> Positions:
    """Return which segment of the other fit each row of the sample is in."""
    rng = np.random.default_rng([random_state % 2**32, other.is_resampled, other.again])
    seen = _resampled(sample, rng) if other.is_resampled else sample
    k = min(other.k, seen.n_rows)
    return _nearest(sample, fit_restarts(seen.points, k, rng, SETTINGS.restarts, tol=SETTINGS.tolerance).centroids)


def _resampled(sample: Sample, rng: np.random.Generator) -> Sample:
    """Return a bootstrap resample: as many customers, drawn with replacement."""
    n_customers = sample.weights.sum()
    counts = rng.multinomial(int(n_customers), sample.weights / n_customers)
    drawn = np.flatnonzero(counts)
    return Sample.of(sample.matrix[drawn], counts[drawn].astype(np.float64))


def _nearest(sample: Sample, centroids: Matrix) -> Positions:
    labels: Positions = sample.squares_beyond_own(centroids).argmin(axis=1)
    return labels


def _customers_in(sample: Sample, labels: Positions, k: int, others: Positions) -> Floats:
    """Return the customers in each segment of the one and of the other clustering, shape (k, other_k)."""
    n_others = int(others.max()) + 1
    counts = np.bincount(labels * n_others + others, sample.weights, minlength=k * n_others)
    return counts.astype(np.float64).reshape(k, n_others)


def _stability_of(number: int, tables: Mapping[_Other, Floats]) -> Stability:
    of_seeds, of_resamples = (
        [table for other, table in tables.items() if (other.number, other.is_resampled) == (number, is_resampled)]
        for is_resampled in (False, True)
    )
    if not of_seeds:
        return Stability()
    return Stability(
        ari_seeds=float(np.mean([adjusted_rand_index(table) for table in of_seeds])),
        ari_bootstrap=float(np.mean([adjusted_rand_index(table) for table in of_resamples])),
        segments=np.mean([jaccard_indices(table) for table in of_resamples], axis=0),
    )
