"""Say whether the segments are really there: strong, weak or none, with what it rests on.

Arrays in, arrays out: no SQL, no files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.clustering.choose_k import KScore
from tasks.encoding.base_encoding import columns_of, used_in
from tasks.encoding.features import Feature
from tasks.encoding.result import MIN_GAIN_OF_ONE, UNIMODAL, is_apart

#: A strong verdict takes that margin over the best of permuted columns, and that agreement with the segments
#: of other seeds and of customers drawn again.
_STRONG_MARGIN, _STRONG_SEEDS, _STRONG_RESAMPLING = 0.10, 0.90, 0.80


@dataclass(frozen=True)
class Evidence:
    """What is known of the segments of a night.

    Attributes:
        used_columns: the columns that take part in it.
        n_columns: columns that could.
        k: number of segments.
        silhouette: mean silhouette; None where it is not defined.
        why_one: why there is one segment; empty where there are more.
        why_untried: why the encoding was not held against permuted columns; empty where it was.
        is_alone: whether it was held against numbers of one hump, as nothing links the columns.
        margin: of the sample, over the best of permuted columns or over one hump; None where it was not tried.
        spread: standard deviation of what that is above.
        ari_seeds: mean adjusted Rand index with the segments of other seeds; None where not known.
        ari_bootstrap: the same with those of customers drawn again.
    """

    used_columns: Sequence[str]
    n_columns: int
    k: int
    silhouette: float | None
    why_one: str = ""
    why_untried: str = ""
    is_alone: bool = False
    margin: float | None = None
    spread: float | None = None
    ari_seeds: float | None = None
    ari_bootstrap: float | None = None


def evidence_of(
    features: Sequence[Feature],
    chosen: KScore,
    *,
    null_model: str | None,
    margin: float | None,
    spread: float | None,
    why_untried: str,
) -> Evidence:
    """Return the evidence for the published segments.

    Args:
        features: of the encoding.
        chosen: the score of the published k.
        null_model: what the encoding was held against; None where it was not.
        margin: see ``Evidence``.
        spread: see ``Evidence``.
        why_untried: see ``Evidence``.
    """
    return Evidence(
        used_columns=columns_of(used_in(features)),
        n_columns=len(columns_of(features)),
        k=chosen.k,
        silhouette=chosen.silhouette,
        why_one=chosen.reason,
        why_untried=why_untried,
        is_alone=null_model == UNIMODAL,
        margin=margin,
        spread=spread,
        ari_seeds=chosen.ari_seeds,
        ari_bootstrap=chosen.ari_bootstrap,
    )


def verdict_on(evidence: Evidence) -> str:
    """Return whether the segments are really there, in words: strong, weak or none first."""
    if evidence.silhouette is None:
        return f"none: {evidence.why_one}"
    if evidence.margin is None or evidence.spread is None:
        return f"none: {evidence.why_untried}; take the segments for a way to sort customers, not for a find"
    if evidence.is_alone:
        return _verdict_on_alone(evidence, evidence.margin, evidence.spread)
    if not is_apart(evidence.margin, evidence.spread):
        return (
            f"none: the best silhouette is {evidence.margin:+.3f} from that of permuted columns, which is chance "
            f"(spread {evidence.spread:.3f}); nothing that links the columns makes segments"
        )
    against = f"{evidence.margin:.2f} above the best of permuted columns"
    strength, meaning = _strength(evidence, evidence.margin), _meaning(evidence, evidence.margin)
    return f"{strength}: silhouette {evidence.silhouette:.2f}, {against}; {meaning}"


def _verdict_on_alone(evidence: Evidence, margin: float, spread: float) -> str:
    """Return the verdict on segments of numbers by themselves; where there are several columns, nothing links them."""
    names = ", ".join(column.replace("_", " ") for column in evidence.used_columns)
    falls = f"{names} alone {'fall' if len(evidence.used_columns) > 1 else 'falls'} into {evidence.k} groups"
    falls += f" (silhouette {margin:.2f} above one hump)"
    if evidence.n_columns > 1:
        return f"none: nothing that links the columns makes segments; {falls}, which these segments are"
    if not is_apart(margin, spread, MIN_GAIN_OF_ONE):
        return f"none: {names} has one hump, which its segments only cut"
    return f"{_strength(evidence, margin)}: {falls}; {_meaning(evidence, margin)}"


def _strength(evidence: Evidence, margin: float) -> str:
    is_strong = (
        margin >= _STRONG_MARGIN
        and _or_whole(evidence.ari_seeds) >= _STRONG_SEEDS
        and _or_whole(evidence.ari_bootstrap) >= _STRONG_RESAMPLING
    )
    return "strong" if is_strong else "weak"


def _meaning(evidence: Evidence, margin: float) -> str:
    if _or_whole(evidence.ari_seeds) < _STRONG_SEEDS:
        return f"other seeds find other segments (agreement {evidence.ari_seeds:.2f}), so hold them loosely"
    if _or_whole(evidence.ari_bootstrap) < _STRONG_RESAMPLING:
        return (
            f"customers drawn again give other segments (agreement {evidence.ari_bootstrap:.2f}), so hold them loosely"
        )
    if _strength(evidence, margin) == "weak":
        return "the segments are there and overlap, so treat their borders as a matter of degree"
    return "other seeds and customers drawn again give the same segments"


def _or_whole(agreement: float | None) -> float:
    return 1.0 if agreement is None else agreement
