"""Choose k: fit every candidate, score its silhouette, keep the whole curve; ``eligibility`` has the rule.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tasks.clustering.eligibility import (
    DIGITS,
    Guards,
    NullScore,
    Ruling,
    adds_too_little,
    decisive_of,
    is_clear,
    rounded,
    rule,
)
from tasks.clustering.incumbent import Challenge, Incumbent, better, held
from tasks.clustering.lloyd import Fit, converge, fits_of
from tasks.clustering.parallel import in_order
from tasks.clustering.rows import Distinct, Floats
from tasks.clustering.sampling import IN_95_PERCENT
from tasks.clustering.search import search, search_deeply
from tasks.clustering.silhouette_curve import Curve, Scoring, curve_of
from tasks.clustering.stability import Stability, stability_of
from tasks.run.progress import Progress

__all__ = ["Choice", "Guards", "KScore", "NullScore", "choose_k"]

DEFAULT_SCORING, NO_GUARDS = Scoring(), Guards()

#: The smallest difference of silhouettes that is shown.
_SHOWN = 0.0001

_Rule = Callable[[Curve, Sequence[Fit]], Ruling]


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
    null_silhouette: float | None = None
    silhouette_gain: float | None = None
    population_silhouette: float | None = None
    population_gain: float | None = None
    ari_seeds: float | None = None
    ari_bootstrap: float | None = None
    eligible: bool = False
    reason: str = ""
    runs_ahead: int = 0
    decisive: bool | None = None
    chosen: bool = False


@dataclass(frozen=True)
class Choice:
    """The chosen fit and the curve that it was chosen from.

    Attributes:
        fit: that of the chosen k.
        scores: of every k, ascending.
        stability: of each segment, 0 to 1, see ``tasks.clustering.stability``; NaN where the sample has no customer
            of it, None where it is not defined.
        challenge: another k that is ahead of that of the previous run; None where there is none.
    """

    fit: Fit
    scores: tuple[KScore, ...]
    stability: Floats | None = None
    challenge: Challenge | None = None

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
    guards: Guards = NO_GUARDS,
    incumbent: Incumbent | None = None,
    progress: Progress = lambda words, done, total: None,
) -> Choice:
    """Return the eligible k with the highest mean silhouette, and the whole curve; a tie goes to the smaller k.

    The segments of the previous run stay until another k, or another optimum of the same, is better for long or by far.
    Where no candidate can be fitted, as with one customer or with equal ones, or none is eligible, the
    result is one segment, with the reason in its score. A single candidate is chosen whatever the guards say.

    Args:
        distinct: the encoded customers, in canonical order.
        candidates: every k to try, ascending.
        random_state: seed.
        scoring: how many customers are scored.
        guards: what a k needs to be eligible.
        incumbent: the segments of the previous run; None where there are none to keep.
        progress: called for every fit and the silhouettes.
    """
    limit, why = _largest_k(distinct)
    usable = [k for k in candidates if k <= limit]
    beyond = [_not_tried(k, why) for k in candidates if k > limit]
    if not usable:
        return _one_segment(distinct, beyond, f"one segment: {why}")
    is_exact = len(distinct.rows) <= scoring.exact_rows
    fits = _fits(distinct, usable, random_state, is_exact=is_exact, progress=progress)
    kept = None
    if incumbent is not None and incumbent.k in usable:
        kept = incumbent.continued(distinct, is_converged=is_exact)
        fits = [(k, better(kept, fit) if k == incumbent.k else fit) for k, fit in fits]
    lost = [
        _not_tried(k, f"k-means left only {fit.n_clusters} segments with customers")
        for k, fit in fits
        if fit.n_clusters < k
    ]
    whole = [fit for k, fit in fits if fit.n_clusters == k]
    if not whole:
        return _one_segment(distinct, [*lost, *beyond], "one segment: every k lost a segment")

    def ruled(curve: Curve, fits: Sequence[Fit]) -> Ruling:
        smallest = {fit.n_clusters: int(fit.sizes.min()) for fit in fits}
        return rule(smallest, curve.means(), guards, is_only=len(candidates) == 1)

    def standing(curve: Curve, fits: Sequence[Fit]) -> tuple[Ruling, Challenge | None]:
        return held(ruled(curve, fits), fits, curve.means(), incumbent, guards.min_customers)

    curve = curve_of(
        distinct,
        np.array([fit.labels for fit in whole]),
        random_state=random_state,
        scoring=scoring,
        progress=progress,
        is_clear=lambda curve: is_clear(curve, ruled(curve, whole), guards),
    )
    curve, whole = _refined(distinct, curve, whole, lambda *of: standing(*of)[0], kept, random_state, progress)
    ruling, challenge = standing(curve, whole)
    stabilities = _stabilities(distinct, whole, ruling, random_state, progress)
    scores = [*_scores(curve, whole, ruling, challenge, guards, stabilities), *lost, *beyond]
    if ruling.best is None:
        return _one_segment(
            distinct, scores, f"one segment: no k keeps every segment at {guards.min_customers} customers"
        )
    progress(f"k={whole[ruling.best].n_clusters} converged", 1, 1)
    return Choice(whole[ruling.best], _ascending(scores), stabilities[ruling.best].segments, challenge)


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
    """Return a fit of every k: converged on all customers where they are few, else with the sample's centroids."""
    done: list[int] = []

    def fitted(k: int) -> None:
        done.append(k)
        progress(f"k={k} fitted", len(done), len(usable))

    found = search(distinct, usable, random_state, fitted)
    if is_exact:
        return list(zip(usable, in_order(lambda k: converge(distinct, found[k]), usable), strict=True))
    return list(zip(usable, fits_of(distinct, [found[k] for k in usable]), strict=True))


def _refined(
    distinct: Distinct,
    curve: Curve,
    fits: list[Fit],
    ruled: _Rule,
    kept: Fit | None,
    random_state: int,
    progress: Progress,
) -> tuple[Curve, list[Fit]]:
    """Return the curve and the fits with the best k searched deeply and converged on all customers.

    Better segments may have another silhouette and other sizes, so this is repeated until the best k is a
    refined one. Segments that go on from the previous run are left for clearly better ones alone.
    """
    refined: set[int] = set()
    while (best := ruled(curve, fits).best) is not None and best not in refined:
        progress(f"k={fits[best].n_clusters} refined on all customers", len(refined), len(refined) + 1)
        refined.add(best)
        deeper = converge(distinct, search_deeply(distinct, fits[best].centroids, random_state))
        if fits[best] is kept:
            deeper = better(converge(distinct, kept.centroids), deeper)
        if deeper.n_clusters < fits[best].n_clusters:  # a segment lost its last customer
            deeper = fits[best]
        if not np.array_equal(deeper.labels, fits[best].labels):
            curve = curve.with_labeling(best, deeper.labels)
        fits = [*fits[:best], deeper, *fits[best + 1 :]]
    return curve, fits


def _stabilities(
    distinct: Distinct, fits: Sequence[Fit], ruling: Ruling, random_state: int, progress: Progress
) -> list[Stability]:
    return stability_of(
        distinct,
        [fit.centroids for fit in fits],
        random_state,
        published=ruling.best,
        progress=lambda done, total: progress(
            "segments compared with other random seeds and bootstrap resamples", done, total
        ),
    )


def _scores(
    curve: Curve,
    fits: Sequence[Fit],
    ruling: Ruling,
    challenge: Challenge | None,
    guards: Guards,
    stabilities: Sequence[Stability],
) -> list[KScore]:
    means, quartiles = rounded(curve.means()), rounded(curve.quartiles())
    margins = rounded(IN_95_PERCENT * curve.standard_errors())
    decisive = decisive_of(curve, ruling, guards)
    scores = []
    for number, (fit, stability) in enumerate(zip(fits, stabilities, strict=True)):
        mean, margin = float(means[number]), float(margins[number])
        null = guards.nulls.get(fit.n_clusters)
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
            null_silhouette=null.null_silhouette if null else None,
            silhouette_gain=null.silhouette_gain if null else None,
            population_silhouette=null.population_silhouette if null else None,
            population_gain=null.population_gain if null else None,
            ari_seeds=stability.ari_seeds,
            ari_bootstrap=stability.ari_bootstrap,
            runs_ahead=challenge.runs if challenge and challenge.k == fit.n_clusters and not challenge.is_won else 0,
            decisive=decisive[number],
        )
        scores.append(score)
    return [_with_reason(number, scores, ruling, challenge, guards) for number in range(len(scores))]


def _with_reason(
    number: int, scores: Sequence[KScore], ruling: Ruling, challenge: Challenge | None, guards: Guards
) -> KScore:
    """Return a score with the reason why it was chosen or not."""
    score, fault = scores[number], ruling.faults[number]
    if number == ruling.best:
        return replace(score, eligible=True, chosen=True, reason=_why_chosen(score, scores, ruling, challenge))
    if challenge and score.k == challenge.k:
        return replace(score, eligible=True, reason=f"ahead of k={challenge.over}: {challenge}")
    if ruling.best is None or fault:
        return replace(score, reason=f"not eligible: {fault}")
    is_eligible, reason = _compared(score, scores[ruling.best], guards)
    return replace(score, eligible=is_eligible, reason=reason if score.decisive else f"{reason}, within sampling error")


def _why_chosen(score: KScore, scores: Sequence[KScore], ruling: Ruling, challenge: Challenge | None) -> str:
    if ruling.is_only:
        (fault,) = ruling.faults
        return f"asked for; {fault}" if fault else "asked for"
    if challenge and not challenge.is_won:
        return f"kept from the previous run: {challenge}"
    is_highest = all((other.silhouette or 0.0) <= (score.silhouette or 0.0) for other in scores)
    return "highest silhouette" if is_highest else "highest silhouette of the eligible ones"


def _compared(score: KScore, best: KScore, guards: Guards) -> tuple[bool, str]:
    """Return whether a k that was not chosen is eligible by its silhouette, and why it was not chosen."""
    behind = round((best.silhouette or 0.0) - (score.silhouette or 0.0), DIGITS)
    too_little = adds_too_little(-behind, best.k, guards) if score.k > best.k else ""
    if too_little:
        return False, f"not eligible: {too_little}"
    if behind < 0:
        return True, f"{-behind:.4f} above k={best.k}, which is kept from the previous run"
    if behind == 0:
        return True, f"equal to k={best.k}, the smaller is chosen"
    return True, f"{behind:.4f} below k={best.k}" if behind >= _SHOWN else f"less than {_SHOWN} below k={best.k}"


def _not_tried(k: int, why: str) -> KScore:
    return KScore(k, reason=f"not possible: {why}")


def _one_segment(distinct: Distinct, others: Sequence[KScore], reason: str) -> Choice:
    everyone = np.zeros((1, distinct.rows.n_features))
    fit = converge(distinct, everyone)
    one = KScore(
        1, objective=fit.objective, smallest_segment=distinct.n_customers, eligible=True, reason=reason, chosen=True
    )
    return Choice(fit, _ascending([one, *others]))


def _ascending(scores: Sequence[KScore]) -> tuple[KScore, ...]:
    return tuple(sorted(scores, key=lambda score: score.k))
