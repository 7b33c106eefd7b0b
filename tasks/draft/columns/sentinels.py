"""Numbers and texts that stand for a missing value: they recur, and stand apart from all others."""

import re
from collections.abc import Sequence

from tasks.draft.text.looks import is_missing_word
from warehouse.draft import Counted, CountedNumber, Numbers

#: 99, 999, -1, -9, -99 and so on; the single digits only where they are negative.
_NINES = re.compile(r"-1|-9+|99+")

#: Cells that must hold a value for it to recur, and their share of the rows.
_RECURS, _RECURS_SHARE = 2, 0.001

#: A value met this much more often than its neighbour, in this share of the rows, is no end of the distribution.
_SPIKE, _SPIKE_SHARE = 5, 0.01

#: Years from which so many people of one age are none.
_OLD = 100

#: Different texts, other than known words, that may stand for a missing number.
_OTHER_TEXTS = 3


def number_sentinels(numbers: Numbers, n_rows: int, *, are_ages: bool = False) -> tuple[float, ...]:
    """Return the numbers of a column that stand for a missing value, such as 999 over ages.

    Args:
        numbers: the distribution of the column.
        n_rows: records of the file.
        are_ages: whether the column is called an age, of which few are of 100 years and more.
    """
    if numbers.n_different < 3:
        return ()
    found = []
    low, high = numbers.lowest_values, numbers.highest_values
    if _may_be(low[0], n_rows) and low[0].v < 0 <= low[1].v:
        found.append(low[0].v)
    lowest = low[1].v if found else low[0].v
    is_apart = _may_be(high[0], n_rows) and high[0].v > 0 and _stands_apart(high[0], high[1], lowest, n_rows)
    is_no_age = are_ages and high[0].v >= _OLD and _is_spike(high[0], high[1], n_rows)
    if is_apart or is_no_age:
        found.append(high[0].v)
    return tuple(found)


def text_sentinels(strange: Sequence[Counted], n_rows: int) -> tuple[str, ...]:
    """Return the texts that stand for a missing value in a column of numbers: known words, and texts that recur."""
    words = [found for found in strange if found.is_missing_word]
    others = [found for found in strange if not found.is_missing_word]
    recurring = [found for found in others if found.n >= _least(n_rows) and len(found.text) <= 20]
    if len(others) > _OTHER_TEXTS or len(recurring) < len(others):
        recurring = []
    return tuple(sorted(found.text for found in [*words, *recurring]))


def word_sentinels(commonest: Sequence[Counted]) -> tuple[str, ...]:
    """Return the texts that stand for a missing value in a column of words.

    ``None`` may be an answer, and ``NA`` a country among others of two letters.
    """
    are_codes = all(len(found.text) == 2 for found in commonest if not found.is_missing_word)
    answers = {"none", "na"} if are_codes else {"none"}
    return tuple(
        sorted(found.text for found in commonest if is_missing_word(found.text) and found.text.lower() not in answers)
    )


def _may_be(found: CountedNumber, n_rows: int) -> bool:
    return bool(_NINES.fullmatch(f"{found.v:.15g}")) and found.n >= _least(n_rows)


def _least(n_rows: int) -> float:
    return max(_RECURS, _RECURS_SHARE * n_rows)


def _stands_apart(found: CountedNumber, neighbour: CountedNumber, lowest: float, n_rows: int) -> bool:
    gap, spread = found.v - neighbour.v, neighbour.v - lowest
    is_far = found.v > 2 * neighbour.v and gap > 3 * spread
    return is_far or (gap > spread and _is_spike(found, neighbour, n_rows))


def _is_spike(found: CountedNumber, neighbour: CountedNumber, n_rows: int) -> bool:
    return found.n > _SPIKE * neighbour.n and found.n >= _SPIKE_SHARE * n_rows
