"""Choose the encoding with the highest silhouette gain over a null model.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from schemas.encodings import AUTO
from tasks.encoding.base_encoding import BaseEncoding
from tasks.encoding.null_contrast import UNIMODAL
from tasks.encoding.redundant_columns import in_words, redundant_columns
from tasks.encoding.strategies import NUMBERS, SINGLE, STANDARD, STRATEGIES
from tasks.encoding.trials import TRIALS, Encoding, EncodingResult, Trials
from tasks.run.progress import Progress


@dataclass(frozen=True)
class DirectnessSettings:
    """How much more gain components need than the columns as they are: fewer dimensions have higher silhouettes.

    Attributes:
        factor: of the gain of the columns.
        factor_of_numbers: the same where all columns are numbers, which are comparable without components.
    """

    factor: float = 1.5
    factor_of_numbers: float = 2.5


DIRECTNESS = DirectnessSettings()


@dataclass(frozen=True)
class Choice:
    """The selected encoding, the results of all that were tried, and notes in sentences."""

    encoding: Encoding
    results: tuple[EncodingResult, ...]
    notes: tuple[str, ...]

    @property
    def selected(self) -> EncodingResult:
        """The result of the selected encoding."""
        return next(one for one in self.results if one.name == self.encoding.name)


def choose_encoding(
    base: BaseEncoding,
    ks: Sequence[int],
    *,
    random_state: int,
    wanted: str = AUTO,
    min_customers: int = 1,
    progress: Progress = lambda words, done, total: None,
) -> Choice:
    """Return the encoding with the highest silhouette gain over permuted columns, or the one that is asked for.

    Where none gains more than chance, numbers that are multimodal on their own are selected, else the standard
    encoding.

    Args:
        base: all customers.
        ks: every k to try, ascending.
        random_state: seed.
        wanted: name of an encoding, or ``"auto"``.
        min_customers: minimum customers of a segment.
        progress: called for every encoding.
    """
    trials = Trials(base, tuple(ks), random_state, min_customers)
    if wanted != AUTO:
        return _wanted(trials, wanted, progress)
    redundant = redundant_columns(base.sampled(TRIALS.component_customers, random_state))
    left_out = [one.column for one in redundant]
    results = trials.results([trials.encoding(name, left_out) for name in _names(base, left_out)], progress)
    direct = DIRECTNESS.factor if base.binary_features else DIRECTNESS.factor_of_numbers
    best, results = _best(trials, results, lambda one: one.silhouette_gain * (1.0 if _has_components(one) else direct))
    if best:
        return _choice(best, results, in_words(redundant))
    best, _ = _best(trials, trials.results(trials.alone(left_out), progress), lambda one: one.silhouette_gain)
    if best:
        return _choice(best, [*(one for one in results if one.name != best.name), best], ())
    return _without_segments(trials, results)


def _best(
    trials: Trials, results: Sequence[EncodingResult], preference: Callable[[EncodingResult], float]
) -> tuple[EncodingResult | None, list[EncodingResult]]:
    """Return the best of the encodings that show segments, if any does, and all results.

    Only the one that is ahead is compared with all samples, until one falls apart as no single population does.
    Where none does, the best shows a gradient.
    """
    tried = list(results)
    while undecided := [number for number, one in enumerate(tried) if one.k is not None and not one.is_complete]:
        apart = [number for number, one in enumerate(tried) if one.falls_apart]
        ahead = max([*apart, *undecided], key=lambda number: preference(tried[number]))
        if ahead in apart:
            break
        tried[ahead] = trials.completed(tried[ahead])
    best = [one for one in tried if one.falls_apart] or [one for one in tried if one.is_complete and one.is_found]
    return max(best, key=preference, default=None), tried


def _names(base: BaseEncoding, left_out: Collection[str]) -> list[str]:
    """Return the names of the encodings to try; where all columns are numbers, standard is numbers again."""
    kept = [feature for feature in base.features if feature.source_column not in left_out]
    are_numbers = len(kept) > 1 and all(feature.is_number for feature in kept)
    return [name for name in STRATEGIES if not (are_numbers and name == STANDARD)]


def _without_segments(trials: Trials, results: Sequence[EncodingResult]) -> Choice:
    """Return the choice of the standard encoding of all columns: without segments no column is redundant."""
    name = next(one.name for one in results if one.name in (STANDARD, NUMBERS) and one.encoding is not None)
    selected = replace(next(one for one in results if one.name == name), encoding=trials.encoding(name).encoding)
    return _choice(selected, [selected if one.name == name else one for one in results], ())


def _wanted(trials: Trials, wanted: str, progress: Progress) -> Choice:
    """Return the encoding that is asked for; where it does not apply, the standard one."""
    is_single = wanted == SINGLE
    given = [one for one in trials.alone() if one.name == SINGLE] if is_single else [trials.encoding(wanted)]
    able = [trials.completed(one) for one in trials.results(given, progress) if one.encoding is not None]
    if able:
        best = max(able, key=lambda one: one.silhouette_gain)
        return _choice(best, [best], ())
    why = given[0].reason if given else "no number has enough values"
    standard = trials.completed(trials.results([trials.encoding(STANDARD)], progress)[0])
    note = f"the encoding {wanted} was asked for and does not apply ({why}), so standard is used"
    return _choice(standard, [EncodingResult(wanted, None, reason=why), standard], (note,))


def _choice(selected: EncodingResult, results: Sequence[EncodingResult], notes: tuple[str, ...]) -> Choice:
    assert selected.encoding is not None  # noqa: S101
    is_only = len(results) == 1
    explained = tuple(replace(one, reason=_reason(one, selected, is_only=is_only)) for one in results)
    return Choice(selected.encoding, explained, notes)


def _reason(one: EncodingResult, selected: EncodingResult, *, is_only: bool) -> str:
    """Return why an encoding was selected or not."""
    if one.contrast is None or one.k is None:
        return one.reason
    if one is selected:
        return "asked for" if is_only else _why_selected(one)
    if not one.is_found:
        return f"no more than chance: its best silhouette is {one.margin:+.3f} from the best of permuted columns"
    gain, that_of = f"its silhouette gain of {one.silhouette_gain:.3f} is", f"{selected.silhouette_gain:.3f} of"
    if one.silhouette_gain > selected.silhouette_gain:
        return f"{gain} too little above the {that_of} {selected.name}, which is more direct"
    return f"{gain} below the {that_of} {selected.name}"


def _why_selected(selected: EncodingResult) -> str:
    if selected.null_model == UNIMODAL:
        return "nothing links the columns, and its numbers are multimodal on their own"
    return (
        "its silhouette gain is the highest"
        if selected.is_found
        else "no encoding shows segments, so the simplest is used"
    )


def _has_components(one: EncodingResult) -> bool:
    return one.encoding is not None and one.encoding.components is not None
