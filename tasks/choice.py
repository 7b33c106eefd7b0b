"""Choose k: every candidate fitted, every silhouette computed, the whole curve kept.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from tasks.kmeans import Fit, Matrix, fit_kmeans
from tasks.silhouette import silhouette_samples

#: Customers up to which every silhouette is exact; more are sampled, each against all.
EXACT_ROWS = 20_000
SAMPLED_ROWS = 2_000

#: Digits of a silhouette that are published and compared; the rest is rounding of sums.
_DIGITS = 9

Progress = Callable[[int, int, int], None]


@dataclass(frozen=True)
class KScore:
    """What is known of one k; see the table k_scores."""

    k: int
    silhouette: float | None
    silhouette_low: float | None
    silhouette_high: float | None
    method: str
    rows_scored: int
    objective: float | None
    smallest_segment: int | None
    eligible: bool
    reason: str
    chosen: bool = False


@dataclass(frozen=True)
class Choice:
    """The chosen fit and the curve that it was chosen from."""

    fit: Fit
    scores: tuple[KScore, ...]

    @property
    def chosen(self) -> KScore:
        """The score of the published k."""
        return next(score for score in self.scores if score.chosen)


def choose_k(
    matrix: Matrix, candidates: Sequence[int], *, random_state: int, progress: Progress | None = None
) -> Choice:
    """Return the k with the highest mean silhouette, and the whole curve; a tie goes to the smaller k.

    Where no candidate can be fitted, as with one customer or with equal ones, the answer is one
    segment, with the reason in its score.

    Args:
        matrix: encoded customers in canonical order, shape (n_customers, n_features).
        candidates: every k to try, ascending.
        random_state: seed.
        progress: called after each fit with k, fits done and fits in all.
    """
    limit, why = _largest_k(matrix)
    usable = [k for k in candidates if k <= limit]
    beyond = [_not_tried(k, why) for k in candidates if k > limit]
    if not usable:
        return _one_segment(matrix, beyond, f"one segment: {why}")
    fits = _fit_all(matrix, usable, random_state, progress)
    scores = list(_scored(matrix, usable, fits, random_state))
    eligible = [score for score in scores if score.eligible]
    if not eligible:
        return _one_segment(matrix, [*scores, *beyond], "one segment: no k could be kept apart")
    best = max(eligible, key=lambda score: (score.silhouette or 0.0, -score.k))
    told = [_told(score, best, is_only=len(candidates) == 1) for score in scores]
    return Choice(fits[usable.index(best.k)], (*told, *beyond))


def _largest_k(matrix: Matrix) -> tuple[int, str]:
    """Return the largest k that has a silhouette, and what bounds it, in words."""
    distinct = len(np.unique(matrix, axis=0)) if matrix.shape[1] else 1
    n_customers = len(matrix)
    if n_customers == 1:
        return 1, "there is 1 customer"
    if distinct == 1:
        return 1, f"all {n_customers} customers are equal after encoding"
    if distinct >= n_customers:
        return n_customers - 1, f"{n_customers} customers have a silhouette up to k={n_customers - 1}"
    return distinct, f"{distinct} of {n_customers} customers differ after encoding"


def _fit_all(matrix: Matrix, usable: Sequence[int], random_state: int, progress: Progress | None) -> list[Fit]:
    """Fit every k, side by side; one thread each, so that the arithmetic never depends on their number."""
    fits: dict[int, Fit] = {}
    with threadpool_limits(limits=1), ThreadPoolExecutor(os.cpu_count()) as pool:
        # The largest k takes longest, so it starts first.
        under_way = {
            pool.submit(fit_kmeans, matrix, k, random_state=random_state): k for k in sorted(usable, reverse=True)
        }
        try:
            for done in as_completed(under_way):
                fits[under_way[done]] = done.result()
                if progress:
                    progress(under_way[done], len(fits), len(usable))
        except BaseException:
            # Who is told to stop does not wait for the fits that have not begun.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [fits[k] for k in usable]


def _scored(matrix: Matrix, usable: Sequence[int], fits: Sequence[Fit], random_state: int) -> Iterator[KScore]:
    whole = [(k, fit) for k, fit in zip(usable, fits, strict=True) if fit.n_clusters == k]
    rows = _rows_to_score(len(matrix), random_state)
    samples = silhouette_samples(matrix, [fit.labels for _, fit in whole], rows) if whole else np.empty((0, 0))
    by_k = {k: values for (k, _), values in zip(whole, samples, strict=True)}
    for k, fit in zip(usable, fits, strict=True):
        if k in by_k:
            yield _score(k, fit, by_k[k], is_exact=rows is None)
        else:
            yield _not_tried(k, f"k-means left only {fit.n_clusters} segments with customers")


def _rows_to_score(n_customers: int, random_state: int) -> npt.NDArray[np.intp] | None:
    if n_customers <= EXACT_ROWS:
        return None
    return np.random.default_rng(random_state).choice(n_customers, SAMPLED_ROWS, replace=False)


def _score(k: int, fit: Fit, samples: npt.NDArray[np.float64], *, is_exact: bool) -> KScore:
    mean = round(float(samples.mean()), _DIGITS)
    margin = 0.0 if is_exact else 1.96 * float(samples.std(ddof=1)) / float(np.sqrt(len(samples)))
    return KScore(
        k=k,
        silhouette=mean,
        silhouette_low=mean - margin,
        silhouette_high=mean + margin,
        method="exact" if is_exact else "sampled",
        rows_scored=len(samples),
        objective=fit.objective,
        smallest_segment=int(fit.sizes.min()),
        eligible=True,
        reason="",
    )


def _told(score: KScore, best: KScore, *, is_only: bool) -> KScore:
    """Return a score with the reason why it was chosen or not."""
    if not score.eligible:
        return score
    if score is best:
        return replace(score, chosen=True, reason="asked for" if is_only else "highest silhouette")
    difference = (best.silhouette or 0.0) - (score.silhouette or 0.0)
    reason = f"equal to k={best.k}, the smaller is taken" if difference == 0 else f"{difference:.4f} below k={best.k}"
    return replace(score, reason=reason)


def _not_tried(k: int, why: str) -> KScore:
    return KScore(k, None, None, None, "none", 0, None, None, eligible=False, reason=f"not possible: {why}")


def _one_segment(matrix: Matrix, others: Sequence[KScore], reason: str) -> Choice:
    labels = np.zeros(len(matrix), dtype=np.int64)
    centroid = matrix.mean(axis=0, dtype=np.float64, keepdims=True)
    objective = float(np.square(matrix.astype(np.float64) - centroid).sum(axis=1).mean())
    one = KScore(1, None, None, None, "none", 0, objective, len(matrix), eligible=True, reason=reason, chosen=True)
    return Choice(Fit(labels, centroid, objective), (one, *others))
