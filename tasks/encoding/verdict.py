"""The verdict and its text: whether segments are strong, weak or none, what to do, and the figures behind it.

Arrays in, arrays out: no SQL, no files. The page has a headline for each level of its own: ``tasks.report``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from tasks.clustering.choose_k import KScore
from tasks.encoding.null_contrast import COMBINATIONS, POPULATION, UNIMODAL, is_apart, min_margin

Level = Literal["strong", "weak", "none"]

#: The levels, a gradient apart from other weak ones.
Kind = Literal["strong", "weak", "gradient", "none"]

#: Null models in the words of the verdict, where they are not those of permuted columns.
_WORDS = {UNIMODAL: "a unimodal null model", COMBINATIONS: "permuted values in as many segments"}

#: Difference of silhouettes that is none in the digits that are told.
_NO_DIFFERENCE = 0.0005

_PARTITION = "no evidence of segments; treat them as an arbitrary partition"


@dataclass(frozen=True)
class Verdict:
    """Whether there are segments, and why, for people.

    Attributes:
        level: strong, weak or none.
        words: what was found, for everybody.
        why: what it rests on, for those who know the figures; it goes on where the words end.
        is_gradient: whether it is a gradient, and weak for that.
    """

    level: Level
    words: str
    why: str = ""
    is_gradient: bool = False

    @property
    def reason(self) -> str:
        """The words, and what they rest on."""
        return self.words + self.why

    @property
    def kind(self) -> Kind:
        """The level, or gradient."""
        return "gradient" if self.is_gradient else self.level

    def __str__(self) -> str:
        """Return ``level: reason``."""
        return f"{self.level}: {self.reason}"


@dataclass(frozen=True)
class StrongBounds:
    """What a strong verdict takes.

    Attributes:
        min_margin: over the null model; clearly separate planted segments have more, overlapping ones less.
        min_ari_seeds: adjusted Rand index with other random seeds, which find the same optimum of clear segments.
        min_ari_bootstrap: the same with bootstrap resamples, which move the borders a little in any case.
    """

    min_margin: float = 0.10
    min_ari_seeds: float = 0.90
    min_ari_bootstrap: float = 0.80


BOUNDS = StrongBounds()


@dataclass(frozen=True)
class EarlierVerdict:
    """The verdict of the previous run on the same model.

    Attributes:
        kind: what was published.
        own_kinds: what each run alone showed, the latest first.
    """

    kind: Kind
    own_kinds: Sequence[str]


@dataclass(frozen=True)
class Evidence:
    """What is known of the segments of a run.

    Attributes:
        chosen: score of the published k.
        used_columns: the columns that take part.
        n_columns: columns that could.
        null_model: see the table encodings, like the next two; None where it was not tried.
        margin: of the selected encoding.
        null_std: of the selected encoding.
        population_gain: silhouette above that of one population at the same k; None where it was not tried, which is no
            doubt.
        population_std: standard deviation of the silhouettes of one population at that k.
        gradient: where the segments lead from and to, in words.
        why_untried: why it was not compared with a null model.
    """

    chosen: KScore
    used_columns: Sequence[str]
    n_columns: int
    null_model: str | None
    margin: float | None
    null_std: float | None
    why_untried: str = ""
    population_gain: float | None = None
    population_std: float | None = None
    gradient: str = ""


def verdict_on(evidence: Evidence) -> Verdict:
    """Return whether there are segments, and what to do about it."""
    chosen = evidence.chosen
    if chosen.silhouette is None:
        words = "the customers could not be segmented; there is nothing to act on"
        return Verdict("none", words, f" ({chosen.reason})")
    if evidence.margin is None or evidence.null_std is None or evidence.null_model is None:
        return Verdict("none", _PARTITION, f" ({evidence.why_untried})")
    is_alone = evidence.null_model == UNIMODAL
    above = f"{evidence.margin:.2f} above {_WORDS.get(evidence.null_model, 'the best of permuted columns')}"
    if is_alone and evidence.n_columns > 1:
        return Verdict(
            "none",
            f"no evidence of segments across columns; treat them as {chosen.k} groups of {_names(evidence)} alone",
            f" (silhouette {above})",
        )
    if not is_apart(evidence.margin, evidence.null_std, min_margin(evidence.null_model)):
        return Verdict("none", _PARTITION, f" ({_chance(evidence.margin, evidence.null_std)})")
    figures = f"silhouette {chosen.silhouette:.2f}, {above}"
    if evidence.population_gain is None or evidence.population_std is None:
        return _found(chosen, evidence.margin, figures)
    figures += f", {evidence.population_gain:+.2f} from one population as correlated as these columns"
    if not is_apart(evidence.population_gain, evidence.population_std, min_margin(POPULATION)):
        tiers = f"use the {chosen.k} segments as tiers, as nothing separates them"
        return Verdict("weak", f"a gradient {evidence.gradient}; {tiers}", f" ({figures})", is_gradient=True)
    return _found(chosen, evidence.margin, figures)


def held_verdict(own: Verdict, earlier: EarlierVerdict | None, k_runs: int) -> Verdict:
    """Return the verdict of the previous run, until so many runs in a row alone show another one.

    Args:
        own: what this run alone shows.
        earlier: the verdict of the previous run; None where there is none, or it was on other segments.
        k_runs: runs that a change takes.
    """
    if earlier is None or own.kind == earlier.kind:
        return own
    runs = 1 + sum(1 for _ in takewhile(lambda kind: kind == own.kind, earlier.own_kinds))
    if runs >= k_runs:
        return own
    is_gradient = earlier.kind == "gradient"
    level: Level = "weak" if earlier.kind == "gradient" else earlier.kind
    what = "a gradient, as in the previous run" if is_gradient else "as in the previous run"
    return Verdict(
        level, f"{what}; this run alone would be {own.kind}, run {runs} of {k_runs}", f" ({own.reason})", is_gradient
    )


def _chance(margin: float, null_std: float) -> str:
    """Return in words how little a silhouette is apart from the null model."""
    if abs(margin) < _NO_DIFFERENCE:
        return "the silhouette is that of the null model"
    return f"silhouette {margin:+.3f} from the null model, whose standard deviation is {null_std:.3f}"


def _names(evidence: Evidence) -> str:
    return ", ".join(column.replace("_", " ") for column in evidence.used_columns)


def _found(chosen: KScore, margin: float, figures: str) -> Verdict:
    """Return the verdict on segments that are apart from the null model; an index that is not known is no doubt."""
    seeds, bootstrap = chosen.ari_seeds, chosen.ari_bootstrap
    by_degree = f"{chosen.k} segments whose borders are a matter of degree"
    if seeds is not None and seeds < BOUNDS.min_ari_seeds:
        return Verdict("weak", by_degree, f"; other random seeds find other ones (ARI {seeds:.2f}, {figures})")
    if bootstrap is not None and bootstrap < BOUNDS.min_ari_bootstrap:
        return Verdict("weak", by_degree, f"; bootstrap resamples give other ones (ARI {bootstrap:.2f}, {figures})")
    if margin < BOUNDS.min_margin:
        return Verdict("weak", by_degree, f", as they overlap ({figures})")
    same = "They come back with other random seeds and bootstrap resamples"
    return Verdict("strong", f"{chosen.k} clearly separate segments", f"; use them. {same} ({figures})")
