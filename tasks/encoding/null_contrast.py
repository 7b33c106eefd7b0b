"""Hold the silhouettes of sampled customers against those of the same customers with their columns permuted.

A silhouette says little by itself: pure noise reaches .5 in one dimension and .05 in a hundred. What
it gains over noise of the same columns can be compared. Arrays in, arrays out: no SQL, no files.
"""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from sklearn.exceptions import ConvergenceWarning

from tasks.clustering import engine
from tasks.clustering.eligibility import NullScore
from tasks.clustering.parallel import in_order
from tasks.clustering.rows import Distinct, Floats, Matrix, Rows, distinct_rows
from tasks.clustering.silhouette import exact_silhouettes

#: Restarts of each fit; as many for permuted customers, as a poorer search would make them look less structured.
_RESTARTS = 3


@dataclass(frozen=True)
class Curve:
    """Silhouettes of one set of rows by k, and the size of the smallest segment of each."""

    silhouettes: Floats
    smallest: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Contrast:
    """Silhouettes of customers by k, beside those of permuted ones.

    Attributes:
        ks: every k, ascending.
        silhouettes: of the customers, shape (n_ks,).
        smallest: customers in the smallest segment at each k, shape (n_ks,).
        nulls: of permuted customers, shape (n_permutations, n_ks).
    """

    ks: tuple[int, ...]
    silhouettes: Floats
    smallest: npt.NDArray[np.int64]
    nulls: Floats

    @property
    def null_silhouettes(self) -> Floats:
        """Mean silhouette of permuted customers at each k."""
        means: Floats = self.nulls.mean(axis=0)
        return means

    @property
    def silhouette_gains(self) -> Floats:
        """By how much the silhouette at each k is above that of permuted customers."""
        return self.silhouettes - self.null_silhouettes

    @property
    def null_scores(self) -> dict[int, NullScore]:
        """The mean silhouette of permuted customers and the silhouette_gain above it, by k."""
        figures = zip(self.ks, self.null_silhouettes.tolist(), self.silhouette_gains.tolist(), strict=True)
        return {k: NullScore(null, silhouette_gain) for k, null, silhouette_gain in figures}

    @property
    def null_best(self) -> float:
        """Mean of the best silhouettes of permuted customers, each at its own k."""
        return float(self.nulls.max(axis=1).mean())

    @property
    def null_std(self) -> float:
        """Standard deviation of the best silhouettes of permuted customers."""
        return float(self.nulls.max(axis=1).std(ddof=1))


def contrasts(
    sets: Sequence[tuple[Matrix, Iterable[Matrix]]], ks: Sequence[int], random_state: int
) -> Iterator[Contrast]:
    """Yield the contrast of each of several sets of rows, in their order.

    Args:
        sets: of each its rows, shape (n_rows, n_dimensions), and the same rows permuted, several times; made when
            they are asked for.
        ks: every k to try, ascending, each below the number of rows.
        random_state: seed.
    """
    numbered = (
        (number, matrix) for number, (observed, permuted) in enumerate(sets) for matrix in chain([observed], permuted)
    )
    with warnings.catch_warnings():
        # Rows may be too near each other for k-means; fewer segments are an answer, too.
        warnings.simplefilter("ignore", ConvergenceWarning)
        n_cells = max((observed.size for observed, _ in sets), default=0)
        curves = in_order(lambda one: (one[0], curve_of_rows(one[1], ks, random_state)), numbered, n_cells=n_cells)
        for _, of_set in groupby(curves, key=itemgetter(0)):
            observed, *nulls = (curve for _, curve in of_set)
            yield Contrast(
                tuple(ks), observed.silhouettes, observed.smallest, np.array([one.silhouettes for one in nulls])
            )


def curve_of_rows(matrix: Matrix, ks: Sequence[int], random_state: int) -> Curve:
    """Return the mean silhouettes of k-means at every k, of rows that are all scored.

    A k of more segments than there are different rows has the silhouette of the largest that has
    not, and an empty segment.
    """
    distinct = distinct_rows(Rows(matrix, csr_array((len(matrix), 0), dtype=np.float32)))
    fitted = [k for k in ks if k <= min(len(distinct.rows), len(matrix) - 1)]
    if not fitted or len(distinct.rows) == 1:
        return Curve(np.zeros(len(ks)), np.zeros(len(ks), dtype=np.int64))
    labels = np.array([_labels(distinct, k, random_state) for k in fitted], dtype=np.uint8)
    silhouettes = exact_silhouettes(distinct.rows, distinct.weights, labels) @ distinct.weights / len(matrix)
    smallest = [int(np.bincount(own, distinct.weights, k).min()) for own, k in zip(labels, fitted, strict=True)]
    n_beyond = len(ks) - len(fitted)
    return Curve(np.r_[silhouettes, np.repeat(silhouettes[-1], n_beyond)], np.r_[smallest, np.zeros(n_beyond, int)])


def _labels(distinct: Distinct, k: int, random_state: int) -> npt.NDArray[np.integer]:
    weights = distinct.weights.astype(np.float64)
    # Of few rows scikit-learn turns every float32 to a float64 again and again.
    matrix = distinct.rows.numbers.astype(np.float64)
    fit = engine.fit(matrix, weights, k, n_init=_RESTARTS, random_state=random_state)
    labels: npt.NDArray[np.integer] = fit.labels_
    return labels
