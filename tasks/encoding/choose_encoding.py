"""Choose the encoding with the highest silhouette gain over a null model.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from schemas.encodings import AUTO
from tasks.encoding.base_encoding import BaseEncoding
from tasks.encoding.derived_columns import Redundant
from tasks.encoding.few_combinations import has_few_combinations, is_concordant
from tasks.encoding.null_contrast import COMBINATIONS, PERMUTED, UNIMODAL
from tasks.encoding.redundant_columns import in_words, redundant_columns
from tasks.encoding.strategies import MIXED, NUMBERS, SINGLE, STANDARD, STRATEGIES, is_left_out
from tasks.encoding.strategies import SETTINGS as STRATEGY
from tasks.encoding.trials import Trials
from tasks.encoding.tried_encoding import TRIALS, Encoding, EncodingResult
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
    """Return the encoding with the highest silhouette gain, or the one that is asked for.

    The gain is that over one population of those that fall apart, else that over permuted columns. Where none gains
    more than chance, numbers that are multimodal on their own are selected, else the standard
    encoding.

    Args:
        base: all customers.
        ks: every k to try, ascending.
        random_state: seed.
        wanted: name of an encoding, or ``"auto"``.
        min_customers: minimum customers of a segment.
        progress: called for every encoding.
    """
    sample = base.sampled(TRIALS.component_customers, random_state)
    are_kinds = has_few_combinations(sample, max(ks)) and is_concordant(sample)
    trials = Trials(base, tuple(ks), random_state, min_customers, COMBINATIONS if are_kinds else PERMUTED)
    if wanted != AUTO:
        return _wanted(trials, wanted, progress)
    # Where few combinations are kinds of customers, every column tells the others, and none is the copy.
    redundant = [] if are_kinds else redundant_columns(sample)
    left_out = [one.name for one in redundant]
    results = trials.results([trials.encoding(name, left_out) for name in _names(base, left_out)], progress)
    direct = DIRECTNESS.factor if base.binary_features else DIRECTNESS.factor_of_numbers
    best, results = _best(trials, results, lambda one: _gain(one) * (1.0 if _has_components(one) else direct))
    if best:
        return _choice(best, results, in_words(redundant), direct)
    best, _ = _best(
        trials,
        trials.results(trials.alone(left_out), progress),
        lambda one: _gain(one) * (1.0 if one.name == SINGLE else DIRECTNESS.factor_of_numbers),
    )
    if best:
        others = [one for one in results if one.name != best.name]
        return _choice(best, [*others, best], (), DIRECTNESS.factor_of_numbers)
    return _without_segments(trials, results, redundant)


def keep_encoding(
    base: BaseEncoding,
    kept: EncodingResult,
    ks: Sequence[int],
    *,
    random_state: int,
    min_customers: int = 1,
    progress: Progress = lambda words, done, total: None,
) -> Choice | str:
    """Return the choice of an encoding that is kept, compared with its null model on these customers.

    Where they have something in common that it has no component of, the result is that, in words.

    Args:
        base: all customers, in the features of that encoding.
        kept: it, not tried yet, with the reason why it is kept.
        ks: every k to try, ascending.
        random_state: seed.
        min_customers: minimum customers of a segment.
        progress: called once it is tried.
    """
    assert kept.encoding is not None  # noqa: S101
    trials = Trials(base, tuple(ks), random_state, min_customers, kept.null_model)
    if missing := trials.missing(kept.encoding):
        return missing
    (tried,) = trials.results([kept], progress)
    return Choice(kept.encoding, (replace(trials.completed(tried), reason=kept.reason),), ())


def _best(
    trials: Trials, results: Sequence[EncodingResult], preference: Callable[[EncodingResult], float]
) -> tuple[EncodingResult | None, list[EncodingResult]]:
    """Return the best of the encodings that show segments, if any does, and all results.

    Those that may show segments are compared with all samples, until none is left that could be ahead: one population
    has higher silhouettes than permuted columns. The best is one that falls apart as no single population does; where
    none does, it shows a gradient.
    """
    tried = list(results)
    for number in sorted(range(len(tried)), key=lambda number: -preference(tried[number])):
        is_behind = any(one.falls_apart and preference(one) >= preference(tried[number]) for one in tried)
        if tried[number].is_promising and not is_behind:
            tried[number] = trials.completed(tried[number])
    best = [one for one in tried if one.falls_apart] or [one for one in tried if one.is_found]
    return max(best, key=preference, default=None), tried


def _gain(one: EncodingResult) -> float:
    """Return the gain that an encoding is selected by: over one population, where it falls apart."""
    return one.population_gain if one.falls_apart and one.population_gain is not None else one.silhouette_gain


def _names(base: BaseEncoding, left_out: Collection[str]) -> list[str]:
    """Return the names of the encodings to try; where all columns are numbers, standard is numbers again."""
    kept = [feature for feature in base.features if not is_left_out(feature, left_out)]
    if len(kept) < 2 or not all(feature.is_number for feature in kept):
        return list(STRATEGIES)
    return [NUMBERS, MIXED] if len(kept) >= STRATEGY.min_numbers else [NUMBERS]


def _without_segments(trials: Trials, results: Sequence[EncodingResult], redundant: Sequence[Redundant]) -> Choice:
    """Return the choice of the standard encoding of all columns: without segments no column need be left out."""
    name = next(one.name for one in results if one.name in (STANDARD, NUMBERS) and one.encoding is not None)
    selected = replace(next(one for one in results if one.name == name), encoding=trials.encoding(name).encoding)
    said = tuple(
        f"{one.name} adds nothing to other columns, as {one.why}: ignored() leaves it out" for one in redundant
    )
    return _choice(selected, [selected if one.name == name else one for one in results], said)


def _wanted(trials: Trials, wanted: str, progress: Progress) -> Choice:
    """Return the encoding that is asked for; where it does not apply, the standard one."""
    is_single = wanted == SINGLE
    given = (
        [one for one in trials.alone() if one.name == SINGLE]
        if is_single
        else [trials.encoding(wanted, is_wanted=True)]
    )
    able = [trials.completed(one) for one in trials.results(given, progress) if one.encoding is not None]
    if able:
        best = max(able, key=lambda one: one.silhouette_gain)
        return _choice(best, [best], ())
    why = given[0].reason if given else "no number has enough values"
    standard = trials.completed(trials.results([trials.encoding(STANDARD)], progress)[0])
    note = f"the encoding {wanted} was asked for and does not apply ({why}), so standard is used"
    return _choice(standard, [EncodingResult(wanted, None, reason=why), standard], (note,))


def _choice(
    selected: EncodingResult, results: Sequence[EncodingResult], notes: tuple[str, ...], factor: float = 1.0
) -> Choice:
    """Return a choice in which every result has its reason; a less direct encoding needs ``factor`` times the gain."""
    assert selected.encoding is not None  # noqa: S101
    if len(results) == 1:
        return Choice(selected.encoding, (_explained(selected, "asked for"),), notes)
    is_highest = all(_gain(one) <= _gain(selected) for one in results if one.is_found)
    why = _why_selected(selected, None if is_highest else factor)
    others = {one.name: _why_not(one, selected, factor) for one in results if one is not selected}
    return Choice(selected.encoding, tuple(_explained(one, others.get(one.name, why)) for one in results), notes)


def _explained(one: EncodingResult, reason: str) -> EncodingResult:
    return one if one.contrast is None or one.k is None else replace(one, reason=reason)


def _why_not(one: EncodingResult, selected: EncodingResult, factor: float) -> str:
    """Return why an encoding was not selected."""
    if not one.is_found and (one.is_complete or not one.is_promising):
        null = "the best of permuted columns" if one.null_model == PERMUTED else one.null_model
        return f"no more than chance: its best silhouette is {one.margin:+.3f} from {null}"
    if selected.falls_apart and one.population_gain is not None and not one.falls_apart:
        std = f"whose standard deviation is {one.population_std:.3f}"
        return f"a gradient: its best silhouette is {one.population_gain:+.3f} from one population, {std}"
    gain, that_of = f"its gain of {_gain(one):.3f} is", f"{_gain(selected):.3f} of {selected.name}"
    if _gain(one) > _gain(selected):
        return f"{gain} less than {factor:g} times the {that_of}, which is more direct"
    return f"{gain} below the {that_of}"


def _why_selected(selected: EncodingResult, factor: float | None) -> str:
    """Return why an encoding was selected: its gain is the highest, or that of no other is so many times as high."""
    if selected.null_model == UNIMODAL:
        return "nothing links the columns, and its numbers are multimodal on their own"
    if not selected.is_found:
        return "no encoding shows segments, so the simplest is used"
    is_over_one = selected.falls_apart and selected.population is not None
    over = "one population" if is_over_one else selected.null_model
    if factor is not None:
        return f"no less direct encoding has {factor:g} times its gain over {over}"
    return f"its gain over {over} is the highest"


def _has_components(one: EncodingResult) -> bool:
    return one.encoding is not None and one.encoding.components is not None
