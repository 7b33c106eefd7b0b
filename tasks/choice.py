"""Choose k: every candidate fitted, every silhouette known or estimated, the whole curve kept.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tasks.curve import Curve, Scoring, curve_of, is_apart
from tasks.kmeans import Fit, fits_of, settle
from tasks.parallel import in_order
from tasks.progress import Progress
from tasks.rows import Distinct, Floats
from tasks.sampling import IN_95_PERCENT
from tasks.search import search, search_deeply

DEFAULT_SCORING = Scoring()

#: Digits of a silhouette that are published and compared, and the smallest difference that words show.
_DIGITS, _SHOWN = 9, 0.0001


@dataclass(frozen=True)
class KScore:
    """What is known of one k; see the table k_scores."""

    k: int
    silhouette: float | None = None
    silhouette_low: float | None = None
    silhouette_high: float | None = None
    silhouette_q1: float | None = None
    silhouette_q3: float | None = None
    method: str = "none"
    rows_scored: int = 0
    rows_against: int = 0
    objective: float | None = None
    smallest_segment: int | None = None
    eligible: bool = False
    reason: str = ""
    decisive: bool | None = None
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
    distinct: Distinct,
    candidates: Sequence[int],
    *,
    random_state: int,
    scoring: Scoring = DEFAULT_SCORING,
    progress: Progress = lambda words, done, total: None,
) -> Choice:
    """Return the k with the highest mean silhouette, and the whole curve; a tie goes to the smaller k.

    Where no candidate can be fitted, as with one customer or with equal ones, the answer is one
    segment, with the reason in its score.

    Args:
        distinct: the encoded customers, in canonical order.
        candidates: every k to try, ascending.
        random_state: seed.
        scoring: how many customers are scored.
        progress: told of every fit and of the silhouettes.
    """
    limit, why = _largest_k(distinct)
    usable = [k for k in candidates if k <= limit]
    beyond = [_not_tried(k, why) for k in candidates if k > limit]
    if not usable:
        return _one_segment(distinct, beyond, f"one segment: {why}")
    fits = _fits(distinct, usable, random_state, is_exact=len(distinct.rows) <= scoring.exact_rows, progress=progress)
    lost = [
        _not_tried(k, f"k-means left only {fit.n_clusters} segments with customers")
        for k, fit in fits
        if fit.n_clusters < k
    ]
    whole = [fit for k, fit in fits if fit.n_clusters == k]
    if not whole:
        return _one_segment(distinct, [*lost, *beyond], "one segment: no k could be kept apart")
    curve = curve_of(
        distinct,
        np.array([fit.labels for fit in whole]),
        random_state=random_state,
        scoring=scoring,
        progress=progress,
    )
    curve, whole, best = _refined(distinct, curve, whole, random_state, progress)
    scores = _scores(curve, whole, best, is_only=len(candidates) == 1)
    return Choice(whole[best], tuple(sorted([*scores, *lost, *beyond], key=lambda score: score.k)))


def _largest_k(distinct: Distinct) -> tuple[int, str]:
    """Return the largest k that has a silhouette, and what bounds it, in words."""
    n_different, n_customers = len(distinct.rows), distinct.n_customers
    if n_customers == 1:
        return 1, "there is 1 customer"
    if n_different == 1:
        return 1, f"all {n_customers} customers are equal after encoding"
    if n_different >= n_customers:
        return n_customers - 1, f"{n_customers} customers have a silhouette up to k={n_customers - 1}"
    return n_different, f"{n_different} of {n_customers} customers differ after encoding"


def _fits(
    distinct: Distinct, usable: Sequence[int], random_state: int, *, is_exact: bool, progress: Progress
) -> list[tuple[int, Fit]]:
    """Return a fit of every k: settled on all customers where they are few, else as the sample had it."""
    done: list[int] = []

    def fitted(k: int) -> None:
        done.append(k)
        progress(f"k={k} fitted", len(done), len(usable))

    found = search(distinct, usable, random_state, fitted)
    if is_exact:
        return list(zip(usable, in_order(lambda k: settle(distinct, found[k]), usable), strict=True))
    return list(zip(usable, fits_of(distinct, [found[k] for k in usable]), strict=True))


def _refined(
    distinct: Distinct, curve: Curve, fits: list[Fit], random_state: int, progress: Progress
) -> tuple[Curve, list[Fit], int]:
    """Return the curve and the fits with the best k searched deeply and settled on all customers.

    Better segments may have another silhouette; the best k is looked for until it is one of those refined.
    """
    refined: set[int] = set()
    while (best := _best(curve)) not in refined:
        progress(f"k={fits[best].n_clusters} goes on to all customers", len(refined), len(refined) + 1)
        refined.add(best)
        deeper = settle(distinct, search_deeply(distinct, fits[best].centroids, random_state))
        if deeper.n_clusters < fits[best].n_clusters:  # a segment lost its last customer
            deeper = fits[best]
        if not np.array_equal(deeper.labels, fits[best].labels):
            curve = curve.with_labelling(best, deeper.labels)
        fits = [*fits[:best], deeper, *fits[best + 1 :]]
    progress(f"k={fits[best].n_clusters} settled", len(refined), len(refined))
    return curve, fits, best


def _best(curve: Curve) -> int:
    """Return the labelling with the highest mean silhouette, of equal ones the first."""
    return int(_rounded(curve.means()).argmax())


def _rounded(values: Floats) -> Floats:
    """Return the values in the digits that count; the rest is rounding of sums."""
    return np.round(values, _DIGITS)


def _scores(curve: Curve, fits: Sequence[Fit], best: int, *, is_only: bool) -> list[KScore]:
    means, quartiles = _rounded(curve.means()), _rounded(curve.quartiles())
    margins = _rounded(IN_95_PERCENT * curve.standard_errors())
    apart = is_apart(curve, best)
    is_decided = len(fits) > 1
    scores = []
    for number, fit in enumerate(fits):
        mean, margin = float(means[number]), float(margins[number])
        score = KScore(
            k=fit.n_clusters,
            silhouette=mean,
            silhouette_low=max(-1.0, mean - margin),
            silhouette_high=min(1.0, mean + margin),
            silhouette_q1=float(quartiles[number, 0]),
            silhouette_q3=float(quartiles[number, 1]),
            method=curve.method,
            rows_scored=curve.n_scored,
            rows_against=curve.n_against,
            objective=fit.objective,
            smallest_segment=int(fit.sizes.min()),
            eligible=True,
            decisive=apart[number] if is_decided else None,
        )
        scores.append(score)
    chosen = replace(scores[best], decisive=all(apart) if is_decided else None)
    return [_told(score, chosen, is_only=is_only) for score in scores]


def _told(score: KScore, best: KScore, *, is_only: bool) -> KScore:
    """Return a score with the reason why it was chosen or not."""
    if score.k == best.k:
        return replace(best, chosen=True, reason="asked for" if is_only else "highest silhouette")
    difference = (best.silhouette or 0.0) - (score.silhouette or 0.0)
    below = f"{difference:.4f}" if difference >= _SHOWN else f"less than {_SHOWN}"
    reason = f"equal to k={best.k}, the smaller is taken" if difference == 0 else f"{below} below k={best.k}"
    return replace(score, reason=reason if score.decisive else f"{reason}, within the error of sampling")


def _not_tried(k: int, why: str) -> KScore:
    return KScore(k, reason=f"not possible: {why}")


def _one_segment(distinct: Distinct, others: Sequence[KScore], reason: str) -> Choice:
    everyone = np.zeros((1, distinct.rows.n_features))
    fit = settle(distinct, everyone)
    one = KScore(
        1, objective=fit.objective, smallest_segment=distinct.n_customers, eligible=True, reason=reason, chosen=True
    )
    return Choice(fit, (one, *others))
