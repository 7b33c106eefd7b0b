"""Columns of numbers: what they may be, how they are written, which of them mean that nothing is known."""

from schemas.fields import Role
from tasks.draft.columns.categories import are_codes, code_kind
from tasks.draft.columns.facts import Arguments, Facts, Kind, ignored
from tasks.draft.columns.missing import missing_arguments
from tasks.draft.columns.ranges import is_age, is_skewed, natural_bounds, takes_logarithm
from tasks.draft.columns.sentinels import text_sentinels
from tasks.draft.file.number_marks import is_numeric
from tasks.draft.text.headers import unit_of
from tasks.draft.text.wording import amount, examples, number, several, shown, spread
from warehouse.draft import Numbers

#: Share of the cells that may hold neither a number nor what stands for a missing one.
_STRAYS = 0.01

#: Different values from which one can be far from the others.
_SOME_VALUES = 10

#: Whole numbers from here on are not kept digit by digit.
_LONG_NUMBER = 1e17


def number_kind(facts: Facts) -> Kind | None:
    """Return a column of numbers, or of codes that are written in digits; None where it is something else."""
    if not is_numeric(facts.look):
        return None
    numbers = facts.numbers
    if numbers is None or _are_written_otherwise(facts, numbers):
        return ignored(f"numbers written otherwise than those of other columns, such as {examples(facts.known)}")
    texts = text_sentinels(facts.strange, facts.n_rows)
    strays = [found for found in facts.strange if found.text not in texts]
    strip = _around_numbers(facts)
    if sum(found.n for found in strays) > _STRAYS * facts.n_known or strip is None or _are_digits(facts):
        return None
    if numbers.n_different < 2:
        return ignored(f"the same in every row that has a value: {number(numbers.lowest)}")
    if are_codes(facts):
        return code_kind(facts)
    bounded, reasons = _bounds(facts, numbers)
    written, why = _written(facts, strip)
    shaped, shape = _shape(facts, numbers, strip)
    missing, which = missing_arguments("median", facts.look.n_empty, _sentinels(facts, texts))
    if strays:
        n = sum(found.n for found in strays)
        which.append(f"no number in {amount(n, 'row')}, such as {examples(strays, 1)}: rejected")
    arguments = {**bounded, **shaped, **written, **missing}
    is_long = max(abs(numbers.lowest), abs(numbers.highest)) >= _LONG_NUMBER
    value_type = "float" if numbers.has_fractions or is_long else "int"
    reasons = [spread(numbers), *_lone_values(numbers), *reasons, *why, *shape, *which]
    return Kind(Role.NUMERIC, value_type, arguments, tuple(reasons))


def _are_written_otherwise(facts: Facts, numbers: Numbers) -> bool:
    n_read = numbers.n_numbers + sum(_sentinels(facts, ()).values())
    return n_read < (1 - _STRAYS) * (facts.look.n_numbers + facts.look.n_amounts)


def _are_digits(facts: Facts) -> bool:
    """Return whether the numbers are codes of digits, some of which begin with 0."""
    return facts.look.n_leading_zeros > 1 + _STRAYS * facts.look.n_different


def _around_numbers(facts: Facts) -> tuple[str, ...] | None:
    """Return the texts around the numbers; None where they are of several units, which cannot be compared."""
    befores = {before.lstrip("+-").strip() for before, _ in facts.look.affixes} - {""}
    afters = {after for _, after in facts.look.affixes} - {""}
    is_one_unit = len({text.lower() for text in befores}) <= 1 and len({text.lower() for text in afters}) <= 1
    is_mixed = bool(afters - {"%"}) and facts.look.n_amounts < 0.5 * facts.n_known
    return tuple(sorted(befores | afters)) if is_one_unit and not is_mixed else None


def _bounds(facts: Facts, numbers: Numbers) -> tuple[Arguments, list[str]]:
    bounds = natural_bounds(facts.header, numbers)
    found = {"ge": bounds.low, "le": bounds.high}
    return {name: bound for name, bound in found.items() if bound is not None}, [bounds.reason] if bounds.reason else []


def _written(facts: Facts, strip: tuple[str, ...]) -> tuple[Arguments, list[str]]:
    """Return the unit of the numbers, and what is written around them."""
    arguments: Arguments = {}
    unit = "years" if is_age(facts.header) else unit_of(facts.header or "")
    if unit:
        arguments["unit"] = unit
    if not strip:
        return arguments, []
    arguments["strip"] = strip[0] if len(strip) == 1 else strip
    return arguments, [f"written with {several([shown(text) for text in strip])}"]


def _shape(facts: Facts, numbers: Numbers, strip: tuple[str, ...]) -> tuple[Arguments, list[str]]:
    """Return whether the logarithm is taken of the numbers, and why."""
    has_currency = any(not text.isalnum() and text != "%" for text in strip)
    if takes_logarithm(facts.header, numbers, has_currency=has_currency):
        return {"log": True}, [
            f"a few amounts are very large (skewness {numbers.skewness:.1f}), so the logarithm counts"
        ]
    if is_skewed(numbers):
        return {}, [f"skewness {numbers.skewness:.1f}: with log=True the large ones would count less"]
    return {}, []


def _lone_values(numbers: Numbers) -> list[str]:
    """Return the highest and the lowest value where it is met once and far from all others, in words."""
    if numbers.n_different < _SOME_VALUES:
        return []
    low, high = numbers.lowest_values, numbers.highest_values
    spread_of_rest = high[1].v - low[1].v
    found = [
        end.v
        for end, neighbour in ((high[0], high[1]), (low[0], low[1]))
        if end.n == 1 and abs(end.v - neighbour.v) > spread_of_rest
    ]
    return [f"{number(value)} is met once, far from all others: a mistake?" for value in found]


def _sentinels(facts: Facts, texts: tuple[str, ...]) -> dict[str, int]:
    """Return the numbers and the texts that stand for a missing value, and their cells."""
    words = {f"{value:.15g}" for value in facts.sentinels}
    found = {counted.text: counted.n for counted in facts.look.commonest if counted.text in words}
    rest = dict.fromkeys(sorted(words - set(found)), 0)
    return {**found, **rest, **{counted.text: counted.n for counted in facts.strange if counted.text in texts}}
