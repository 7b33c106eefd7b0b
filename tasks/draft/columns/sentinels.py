"""Numbers and texts that stand for a missing value: they recur, and are far from all others."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.draft.text.cell_types import is_missing_word
from tasks.draft.text.headers import words_of
from warehouse.draft import Counted, CountedNumber, Numbers

#: 99, 999, -1, -9, -99 and so on; the single digits only where they are negative.
_NINES = re.compile(r"-1|-9+|99+")


_LATITUDES, _LONGITUDES = frozenset({"latitude", "lat"}), frozenset({"longitude", "lon", "lng", "long"})


@dataclass(frozen=True)
class SentinelSettings:
    """What makes a value a sentinel.

    Attributes:
        min_cells: cells that must hold a value for it to recur.
        min_share: their share of the rows.
        spike: a value met this much more often than its neighbor is not an end of the distribution.
        spike_share: share of the rows that must hold such a value.
        old: age in years from which many people of one age are implausible.
        max_texts: different texts, other than known words, that may stand for a missing number.
        max_length: characters of such a text.
    """

    min_cells: int = 2
    min_share: float = 0.001
    spike: int = 5
    spike_share: float = 0.01
    old: int = 100
    max_texts: int = 3
    max_length: int = 20


_SETTINGS = SentinelSettings()


def number_sentinels(numbers: Numbers, n_rows: int, *, are_ages: bool = False) -> tuple[float, ...]:
    """Return the numbers of a column that stand for a missing value, such as 999 over ages.

    Args:
        numbers: the distribution of the column.
        n_rows: records of the file.
        are_ages: whether the column is called an age, of which few are of 100 years and more.
    """
    if numbers.n_different < 3:
        return ()
    low, high = numbers.lowest_values, numbers.highest_values
    found = [low[0].v] if _may_be(low[0], n_rows) and low[0].v < 0 <= low[1].v else []
    lowest = low[1].v if found else low[0].v
    is_apart = _may_be(high[0], n_rows) and high[0].v > 0 and _is_far(high[0], high[1], lowest, n_rows)
    is_no_age = are_ages and high[0].v >= _SETTINGS.old and _is_spike(high[0], high[1], n_rows)
    return (*found, high[0].v) if is_apart or is_no_age else tuple(found)


def unknown_places(
    headers: Sequence[str | None], numbers: Mapping[int, Numbers], zeros: Mapping[int, tuple[int, int]]
) -> list[int]:
    """Return the numbers of the columns of latitude and longitude in which 0 and 0, a place in the sea, mean unknown.

    They do where both are 0 in the same rows, in several, and never one alone: at 0 degrees there are real places.

    Args:
        headers: the names of the columns in their order.
        numbers: column number -> distribution of its numbers.
        zeros: column number -> in how many rows it is 0, and a hash of which.
    """
    latitudes, longitudes = (
        [
            number
            for number, found in numbers.items()
            if found.has_fractions and words_of(headers[number - 1]) & words and number in zeros
        ]
        for words in (_LATITUDES, _LONGITUDES)
    )
    if len(latitudes) != 1 or len(longitudes) != 1:
        return []
    pair = [*latitudes, *longitudes]
    (n, rows), other = (zeros[number] for number in pair)
    n_rows = min(numbers[number].n_numbers for number in pair)
    return pair if (n, rows) == other and n >= _least(n_rows) else []


def text_sentinels(texts: Sequence[Counted], n_rows: int) -> dict[str, int]:
    """Return the texts that stand for a missing value in a column of numbers, and their cells.

    These are known words, and texts that recur.

    Args:
        texts: the texts that are not numbers.
        n_rows: records of the file.
    """
    words = [found for found in texts if found.is_missing_word]
    others = [found for found in texts if not found.is_missing_word]
    recur = all(found.n >= _least(n_rows) and len(found.text) <= _SETTINGS.max_length for found in others)
    found = [*words, *others] if recur and len(others) <= _SETTINGS.max_texts else words
    return {text.text: text.n for text in sorted(found, key=lambda text: text.text)}


def word_sentinels(texts: Sequence[Counted]) -> dict[str, int]:
    """Return the texts that stand for a missing value in a column of words, and their cells.

    ``None`` may be an answer, and ``NA`` a country among others of two letters.
    """
    are_codes = all(len(found.text) == 2 for found in texts if not found.is_missing_word)
    answers = {"none", "na"} if are_codes else {"none"}
    found = [text for text in texts if is_missing_word(text.text) and text.text.lower() not in answers]
    return {text.text: text.n for text in found}


def _may_be(found: CountedNumber, n_rows: int) -> bool:
    return bool(_NINES.fullmatch(f"{found.v:.15g}")) and found.n >= _least(n_rows)


def _least(n_rows: int) -> float:
    return max(_SETTINGS.min_cells, _SETTINGS.min_share * n_rows)


def _is_far(found: CountedNumber, neighbor: CountedNumber, lowest: float, n_rows: int) -> bool:
    gap, spread = found.v - neighbor.v, neighbor.v - lowest
    is_far = found.v > 2 * neighbor.v and gap > 3 * spread
    return is_far or (gap > spread and _is_spike(found, neighbor, n_rows))


def _is_spike(found: CountedNumber, neighbor: CountedNumber, n_rows: int) -> bool:
    return found.n > _SETTINGS.spike * neighbor.n and found.n >= _SETTINGS.spike_share * n_rows
