"""Compare the silhouettes of sampled customers with those of a null model, such as permuted columns.

A silhouette alone says little: pure noise reaches .5 in one dimension and .05 in a hundred. Its gain over
noise of the same columns is comparable. Arrays in, arrays out: no SQL, no files.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from tasks.clustering.eligibility import NullScore
from tasks.clustering.kmeans import Points, fit, starts
from tasks.clustering.parallel import in_order
from tasks.clustering.rows import Floats, Matrix, Rows, distinct_rows
from tasks.clustering.silhouette import exact_silhouettes

#: The null models: columns permuted each on its own, the same for few combinations of values, numbers drawn from a
#: unimodal distribution, and customers drawn from one population.
PERMUTED, COMBINATIONS, UNIMODAL, POPULATION = "permuted columns", "permuted values", "unimodal", "one population"

#: k-means++ starts of which each fit goes on from the best, half as expensive as restarts and nearly as good: the
#: best silhouette of noise is .002 lower, that of segments equal. As many for the null model, as a poorer search
#: would make it look less structured.
_STARTS = 3


@dataclass(frozen=True)
class NullBounds:
    """How far silhouettes are above the null model where there are segments.

    Attributes:
        min_margin: over the best of permuted columns.
        min_margin_population: over one population at the same k: baskets of one strong taste and heavy tails reach .05.
        min_margin_unimodal: over a unimodal null model: equally many customers at every value reach .04.
        min_stds: standard deviations of the null model in the margin.
        min_std: standard deviation that is assumed at least, as few samples may have none.
    """

    min_margin: float = 0.04
    min_margin_population: float = 0.06
    min_margin_unimodal: float = 0.07
    min_stds: float = 3.0
    min_std: float = 0.002


BOUNDS = NullBounds()


@dataclass(frozen=True)
class Curve:
    """Silhouettes of one set of rows by k, and the size of the smallest segment of each."""

    silhouettes: Floats
    smallest: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Contrast:
    """Silhouettes of customers by k, and those of a null model.

    Attributes:
        ks: every k, ascending.
        silhouettes: of the customers, shape (n_ks,).
        smallest: customers in the smallest segment at each k, shape (n_ks,).
        nulls: of samples of the null model, shape (n_samples, n_ks).
    """

    ks: tuple[int, ...]
    silhouettes: Floats
    smallest: npt.NDArray[np.int64]
    nulls: Floats

    @property
    def null_silhouettes(self) -> Floats:
        """Mean silhouette of the null model at each k."""
        means: Floats = self.nulls.mean(axis=0)
        return means

    @property
    def silhouette_gains(self) -> Floats:
        """Silhouette at each k less that of the null model."""
        return self.silhouettes - self.null_silhouettes

    @property
    def null_stds(self) -> Floats:
        """Standard deviation of the silhouettes of the null model at each k."""
        stds: Floats = self.nulls.std(axis=0, ddof=1)
        return stds

    @property
    def null_scores(self) -> dict[int, NullScore]:
        """The mean silhouette of the null model and the gain over it, by k."""
        figures = zip(self.ks, self.null_silhouettes.tolist(), self.silhouette_gains.tolist(), strict=True)
        return {k: NullScore(null, gain) for k, null, gain in figures}

    @property
    def null_best(self) -> float:
        """Mean of the best silhouettes of the null model, each at its own k."""
        return float(self.nulls.max(axis=1).mean())

    @property
    def null_std(self) -> float:
        """Standard deviation of the best silhouettes of the null model."""
        return float(self.nulls.max(axis=1).std(ddof=1))


def contrasts(
    sets: Sequence[tuple[Matrix, Iterable[Matrix]]], ks: Sequence[int], random_state: int
) -> Iterator[Contrast]:
    """Yield the contrast of each of several sets of rows, in their order.

    Args:
        sets: of each its rows, shape (n_rows, n_dimensions), and several samples of the null model, made lazily.
        ks: every k to try, ascending, each below the number of rows.
        random_state: seed.
    """
    numbered = (
        (number, matrix) for number, (observed, nulls) in enumerate(sets) for matrix in chain([observed], nulls)
    )
    n_cells = max((observed.size for observed, _ in sets), default=0)
    curves = in_order(lambda one: (one[0], curve_of_rows(one[1], ks, random_state)), numbered, n_cells=n_cells)
    for _, of_set in groupby(curves, key=itemgetter(0)):
        observed, *nulls = (curve for _, curve in of_set)
        yield Contrast(tuple(ks), observed.silhouettes, observed.smallest, np.array([one.silhouettes for one in nulls]))


def null_silhouettes(nulls: Sequence[Matrix], ks: Sequence[int], random_state: int) -> Floats:
    """Return the silhouettes of samples of a null model, shape (n_samples, n_ks).

    Args:
        nulls: the samples, each of shape (n_rows, n_dimensions).
        ks: every k to try, ascending.
        random_state: seed.
    """
    curves = in_order(lambda null: curve_of_rows(null, ks, random_state), nulls, n_cells=nulls[0].size)
    return np.array([one.silhouettes for one in curves])


def min_margin(null_model: str) -> float:
    """Return the margin over a null model where there are segments, at least."""
    of_others = {UNIMODAL: BOUNDS.min_margin_unimodal, POPULATION: BOUNDS.min_margin_population}
    return of_others.get(null_model, BOUNDS.min_margin)


def is_apart(margin: float, null_std: float, min_margin: float) -> bool:
    """Return whether a silhouette is above what chance gives, beyond its standard deviation."""
    return margin >= min_margin and margin >= BOUNDS.min_stds * max(null_std, BOUNDS.min_std)


def curve_of_rows(matrix: Matrix, ks: Sequence[int], random_state: int) -> Curve:
    """Return the mean silhouettes of k-means at every k, of rows that are all scored.

    A k above the number of different rows has the silhouette of the largest k below, and an empty segment.
    """
    distinct = distinct_rows(Rows(matrix, csr_array((len(matrix), 0), dtype=np.float32)))
    fitted = [k for k in ks if k <= min(len(distinct.rows), len(matrix) - 1)]
    if not fitted or len(distinct.rows) == 1:
        return Curve(np.zeros(len(ks)), np.zeros(len(ks), dtype=np.int64))
    points = Points.of(distinct.rows.numbers.astype(np.float64), distinct.weights)
    drawn = starts(points, fitted[-1], _STARTS, np.random.default_rng(random_state))
    labels = np.array([fit(points, drawn.best(k)).labels for k in fitted], dtype=np.uint8)
    silhouettes = exact_silhouettes(distinct.rows, distinct.weights, labels) @ distinct.weights / len(matrix)
    smallest = [int(np.bincount(own, distinct.weights, k).min()) for own, k in zip(labels, fitted, strict=True)]
    n_beyond = len(ks) - len(fitted)
    return Curve(np.r_[silhouettes, np.repeat(silhouettes[-1], n_beyond)], np.r_[smallest, np.zeros(n_beyond, int)])
