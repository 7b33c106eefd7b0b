"""Choose the encoding in which the segments stand out most from what the same columns give by chance.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from schemas.encodings import AUTO
from tasks.encoding.base_encoding import Plain
from tasks.encoding.redundant_columns import in_words, restated_columns
from tasks.encoding.result import UNIMODAL, Encoding, Tried
from tasks.encoding.strategies import NUMBERS, SINGLE, STANDARD, STRATEGIES
from tasks.encoding.trials import COMPARED_CUSTOMERS, Trial
from tasks.run.progress import Progress

#: Components have fewer dimensions than the columns they are made of, and higher silhouettes for that: what is found
#: in the columns as they are is taken unless components have so many times its gain; where all are numbers, which
#: need not be made comparable, more times.
_DIRECT, _DIRECT_OF_NUMBERS = 1.5, 2.5


@dataclass(frozen=True)
class Choice:
    """The encoding that was taken, all that were tried, and what is to be known of it in sentences."""

    encoding: Encoding
    tried: tuple[Tried, ...]
    notes: tuple[str, ...]

    @property
    def taken(self) -> Tried:
        """What was found in the encoding that was taken."""
        return next(one for one in self.tried if one.name == self.encoding.name)


def choose_encoding(
    plain: Plain,
    ks: Sequence[int],
    *,
    random_state: int,
    wanted: str = AUTO,
    least_customers: int = 1,
    progress: Progress = lambda words, done, total: None,
) -> Choice:
    """Return the encoding whose best silhouette rises most above that of permuted columns, or the one that is wanted.

    Where none rises above chance, one number that falls apart by itself is taken, else the standard encoding.

    Args:
        plain: all customers.
        ks: every k to try, ascending.
        random_state: seed.
        wanted: name of an encoding, or ``"auto"``.
        least_customers: customers that a segment must have.
        progress: told of every encoding.
    """
    trial = Trial(plain, tuple(ks), random_state, least_customers)
    if wanted != AUTO:
        return _wanted(trial, wanted, progress)
    restated = restated_columns(plain.sampled(COMPARED_CUSTOMERS, random_state))
    left_out = [one.column for one in restated]
    tried = trial.tried([trial.encoding(name, left_out) for name in _names(plain, left_out)], progress)
    found = [one for one in tried if one.is_found]
    if found:
        direct = _DIRECT if plain.mark_features else _DIRECT_OF_NUMBERS
        best = max(found, key=lambda one: one.silhouette_gain * (1.0 if _has_components(one) else direct))
        return _choice(best, tried, in_words(restated))
    alone = [one for one in trial.tried(trial.alone(left_out), progress) if one.is_found]
    if alone:
        best = max(alone, key=lambda one: one.silhouette_gain)
        return _choice(best, [*(one for one in tried if one.name != best.name), best], ())
    return _without_find(trial, tried)


def _names(plain: Plain, left_out: Collection[str]) -> list[str]:
    """Return the names of the encodings to try; where all columns are numbers, standard is numbers again."""
    kept = [feature for feature in plain.features if feature.source_column not in left_out]
    are_numbers = len(kept) > 1 and all(feature.is_number for feature in kept)
    return [name for name in STRATEGIES if not (are_numbers and name == STANDARD)]


def _without_find(trial: Trial, tried: Sequence[Tried]) -> Choice:
    """Return the choice of the standard encoding, of all columns, as where nothing is there nothing is left out."""
    name = next(one.name for one in tried if one.name in (STANDARD, NUMBERS) and one.encoding is not None)
    taken = replace(next(one for one in tried if one.name == name), encoding=trial.encoding(name).encoding)
    return _choice(taken, [taken if one.name == name else one for one in tried], ())


def _wanted(trial: Trial, wanted: str, progress: Progress) -> Choice:
    """Return the encoding that is wanted; where it has nothing to offer, the standard one."""
    is_single = wanted == SINGLE
    given = [one for one in trial.alone() if one.name == SINGLE] if is_single else [trial.encoding(wanted)]
    able = [one for one in trial.tried(given, progress) if one.encoding is not None]
    if able:
        best = max(able, key=lambda one: one.silhouette_gain)
        return _choice(best, [best], ())
    why = given[0].reason if given else "no number has enough values"
    (standard,) = trial.tried([trial.encoding(STANDARD)], progress)
    note = f"the encoding {wanted} was asked for and has nothing to offer ({why}), so standard is used"
    return _choice(standard, [Tried(wanted, None, reason=why), standard], (note,))


def _choice(taken: Tried, tried: Sequence[Tried], notes: tuple[str, ...]) -> Choice:
    assert taken.encoding is not None  # noqa: S101
    told = tuple(replace(one, reason=_reason(one, taken, is_only=len(tried) == 1)) for one in tried)
    return Choice(taken.encoding, told, notes)


def _reason(one: Tried, taken: Tried, *, is_only: bool) -> str:
    """Return why an encoding was taken or not."""
    if one.contrast is None or one.k is None:
        return one.reason
    if one is taken:
        return "asked for" if is_only else _why_taken(one)
    if not one.is_found:
        return f"no more than chance: its best silhouette is {one.margin:+.3f} from the best of permuted columns"
    if one.silhouette_gain > taken.silhouette_gain:
        return (
            f"its silhouette gain of {one.silhouette_gain:.3f} is too little above the {taken.silhouette_gain:.3f} of "
            f"{taken.name}, which is more direct"
        )
    return f"its silhouette gain of {one.silhouette_gain:.3f} is below the {taken.silhouette_gain:.3f} of {taken.name}"


def _why_taken(taken: Tried) -> str:
    if taken.null_model == UNIMODAL:
        return "nothing links the columns, and what is taken falls apart by itself, beside numbers of one hump"
    return (
        "its segments stand out most" if taken.is_found else "nothing stands out, so customers are encoded as they are"
    )


def _has_components(one: Tried) -> bool:
    return one.encoding is not None and one.encoding.components is not None
