"""Recognize columns of numbers: their range, how they are written, and which values mean missing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.fields import Role
from schemas.shown import counted
from schemas.written_numbers import BOOKED, is_lost
from tasks.draft.columns.amounts import Amounts, amounts_of
from tasks.draft.columns.categories import are_codes, code_kind
from tasks.draft.columns.facts import Arguments, Facts, Kind, ignored, missing_arguments
from tasks.draft.columns.ranges import is_age, is_skewed, natural_bounds, takes_logarithm
from tasks.draft.columns.sentinels import text_sentinels
from tasks.draft.text.headers import unit_of
from tasks.draft.text.wording import examples, number, several, shown, spread
from warehouse.draft import Affix, CountedNumber, Numbers


@dataclass(frozen=True)
class MeasureSettings:
    """What makes a column a measure.

    Attributes:
        strays: share of the cells that may hold neither a number nor what stands for a missing one: a run rejects them.
        min_different: different values from which one can be far from the others.
        max_whole: whole numbers from here on are not kept digit by digit.
    """

    strays: float = 0.01
    min_different: int = 10
    max_whole: float = 1e17


_SETTINGS = MeasureSettings()


def number_kind(facts: Facts) -> Kind | None:
    """Return a column of numbers, or of codes that are written in digits; None where it is something else."""
    if not facts.profile.is_numeric:
        return None
    numbers, unread = facts.numbers, facts.unread
    n_unread = unread.n if unread else 0
    if numbers is None or n_unread > _SETTINGS.strays * facts.profile.count("number", "amount"):
        return ignored(_written_otherwise(facts))
    lost = [found for found in facts.non_numeric if is_lost(found.text)]
    zeros = [found for found in facts.non_numeric if facts.dash_is_zero and found.text == "-"]
    others = [found for found in facts.non_numeric if found not in [*lost, *zeros]]
    texts = text_sentinels(others, facts.n_rows)
    strays = [found for found in others if found.text not in texts]
    n_strays = sum(found.n for found in strays)
    around = amounts_of(facts.profile)
    if n_strays > _SETTINGS.strays * facts.n_known or around.doubt or _are_digits(facts):
        return None
    if numbers.n_different < 2:
        return ignored(f"the same in every row that has a value: {number(numbers.lowest)}")
    if are_codes(facts):
        return code_kind(facts)
    missing, reasons = missing_arguments("median", facts, _sentinels(facts, texts))
    if strays:
        reasons.append(f"not a number in {counted(n_strays, 'row')}, such as {examples(strays, 1)}: rejected")
    if unread:
        reasons.append(f"with other marks in {counted(unread.n, 'row')}, such as {shown(unread.text)}: rejected")
    if lost:
        found = f"lost in {counted(sum(found.n for found in lost), 'row')}, such as {examples(lost, 1)}"
        reasons.append(f"{found}: rejected, so mend the spreadsheet and export it again")
    if zeros:
        missing = {"zero": "-", **missing}
        reasons.append(f"'-' is 0 in {counted(sum(found.n for found in zeros), 'row')}, by the blanks around it")
    return _measure(facts, numbers, around, missing, reasons)


def _measure(
    facts: Facts, numbers: Numbers, around: Amounts, missing: Arguments, missing_reasons: Sequence[str]
) -> Kind:
    strip = around.strip
    bounds = natural_bounds(facts.header, numbers)
    unit = "years" if is_age(facts.header) else unit_of(facts.header or "")
    has_currency = any(not text.isalnum() and text != "%" for text in strip)
    is_log = takes_logarithm(facts.header, numbers, has_currency=has_currency)
    said = {
        "ge": bounds.low,
        "le": bounds.high,
        "log": is_log or None,
        "unit": unit,
        "strip": (strip[0] if len(strip) == 1 else strip) or None,
        "units": around.units or None,
    }
    reasons = [
        spread(numbers),
        *_lone_values(numbers),
        bounds.reason,
        f"written with {several([shown(text) for text in [*strip, *around.units]])}" if strip or around.units else "",
        *(
            f"{shown(found.after)} after the number in {counted(found.n, 'row')}, such as {shown(found.example)}: "
            f"rejected, {_what_to_do(found)}"
            for found in around.strays
        ),
        _skewness(numbers, is_log=is_log),
        *missing_reasons,
    ]
    is_long = max(abs(numbers.lowest), abs(numbers.highest)) >= _SETTINGS.max_whole
    value_type = "float" if numbers.has_fractions or is_long else "int"
    arguments = {name: value for name, value in said.items() if value is not None}
    return Kind(Role.NUMERIC, value_type, arguments | missing, tuple(filter(None, reasons)))


def _what_to_do(found: Affix) -> str:
    if found.after.lower() in BOOKED:
        return "so deliver the sign that it stands for"
    return f"unless strip={found.after!r} reads them as the others"


def _skewness(numbers: Numbers, *, is_log: bool) -> str:
    if is_log:
        return f"a few amounts are very large (skewness {numbers.skewness:.1f}), so the logarithm counts"
    if is_skewed(numbers):
        return f"skewness {numbers.skewness:.1f}: with log=True the large ones would count less"
    return ""


def _written_otherwise(facts: Facts) -> str:
    """Return what is to be said of numbers whose points and commas are not those of the file."""
    unread, n_numbers = facts.unread, facts.profile.count("number", "amount")
    if unread is None or unread.n == n_numbers:
        return f"numbers written otherwise than those of other columns, such as {examples(facts.known)}"
    # The most marks show best how the others are written.
    other = max(facts.known, key=lambda found: (found.text != unread.text) * len(re.findall("[.,]", found.text)))
    return (
        f"points and commas mean two things: {counted(unread.n, 'row')} such as {shown(unread.text)}, "
        f"{n_numbers - unread.n:,} such as {shown(other.text)}; deliver one way of writing"
    )


def _are_digits(facts: Facts) -> bool:
    """Return whether the numbers are codes of digits, some of which begin with 0."""
    return facts.profile.n_leading_zeros > 1 + _SETTINGS.strays * facts.n_different


def _lone_values(numbers: Numbers) -> list[str]:
    """Return the one or two highest and lowest values that are met once and far from all others, in words."""
    if numbers.n_different < _SETTINGS.min_different:
        return []
    low, high = numbers.lowest_values, numbers.highest_values
    found = [*_apart(high, low[1].v), *_apart(low, high[1].v)]
    return [f"{number(value)} is met once, far from all others: a mistake?" for value in found]


def _apart(ends: Sequence[CountedNumber], other_end: float) -> list[float]:
    for n in (2, 1):
        gap, rest = abs(ends[n - 1].v - ends[n].v), abs(ends[n].v - other_end)
        if all(end.n == 1 for end in ends[:n]) and gap > rest:
            return [end.v for end in ends[:n]]
    return []


def _sentinels(facts: Facts, texts: Mapping[str, int]) -> dict[str, int]:
    """Return the numbers and the texts that stand for a missing value, and their cells."""
    words = {f"{value:.15g}" for value in facts.sentinels}
    found = {counted.text: counted.n for counted in facts.profile.most_common if counted.text in words}
    return {**found, **dict.fromkeys(sorted(words - set(found)), 0), **texts}
