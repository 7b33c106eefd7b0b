"""What stands around the numbers of a column: a currency, a unit, or K and M, which multiply them."""

import re
from dataclasses import dataclass, field

from schemas.shown import counted
from schemas.written_numbers import BOOKED, CURRENCY_CODES, SUFFIXES
from tasks.draft.text.cell_types import SIGNS
from tasks.draft.text.wording import shown
from warehouse.draft import Affix, ColumnProfile

#: Share of the cells up to which those with a unit are mistakes, and from which the unit is that of the others too.
_FEW, _MOST = 0.05, 0.5

_CURRENCY = re.compile(SIGNS[0], re.IGNORECASE)


@dataclass(frozen=True)
class Amounts:
    """What is declared of the texts around the numbers of a column.

    Attributes:
        strip: texts that are taken off.
        units: texts after a number -> what they multiply it by.
        strays: the few amounts with a text that the others do not have; a run rejects them.
        doubt: why the numbers cannot be compared, in words; empty where they can.
    """

    strip: tuple[str, ...] = ()
    units: dict[str, int] = field(default_factory=dict)
    strays: tuple[Affix, ...] = ()
    doubt: str = ""


def amounts_of(profile: ColumnProfile) -> Amounts:
    """Return what stands around the numbers of a column."""
    befores = sorted({one.before for one in profile.affixes} - {""})
    with_unit = [one for one in profile.affixes if one.after]
    n_numbers = profile.count("number", "amount")
    n_with_unit, afters = sum(one.n for one in with_unit), sorted({one.after for one in with_unit})
    units = {text.lower() for text in afters}
    is_multiplied = bool(units) and units <= SUFFIXES.keys()
    examples = " and ".join(dict.fromkeys(shown(one.example) for one in (*profile.affixes[:1], *profile.affixes[-1:])))
    is_booked = units & BOOKED and (units != {"cr"} or n_with_unit < n_numbers)  # crores stand beside all of them
    if is_booked and n_with_unit > _FEW * profile.n_known:
        return Amounts(doubt=f"marked as debits or credits, such as {examples}: deliver the numbers with a sign")
    currencies = {found for one in profile.affixes if (found := _currency_of(one))}
    is_one = len({_code_of(unit) for unit in units}) < 2 or is_multiplied
    if len(currencies) > 1 or not is_one:
        return Amounts(doubt=f"numbers in several units, such as {examples}: deliver one unit")
    if is_multiplied and (len(units) > 1 or ("k" in units and n_with_unit < n_numbers)):
        return Amounts(tuple(befores), {text: 10 ** SUFFIXES[text.lower()] for text in afters})
    # A third of a hundred may be written 33 % and 0.33 in one file.
    most = 1 - _FEW if units == {"%"} else _MOST
    is_before_or_behind = bool(befores) and all(map(_CURRENCY.fullmatch, afters))
    if not units or n_with_unit >= most * profile.n_known or is_before_or_behind:
        return Amounts(tuple(sorted({*befores, *afters})))
    if n_with_unit <= _FEW * profile.n_known:
        return Amounts(tuple(befores), strays=tuple(with_unit))
    return Amounts(
        doubt=f"{shown(afters[0])} after the number in {counted(n_with_unit, 'row')}, such as "
        f"{shown(with_unit[0].example)}, and nothing after the others; numeric(strip={afters[0]!r}) reads them as one "
        "unit, if they are"
    )


def _currency_of(found: Affix) -> frozenset[str]:
    """Return the currencies around some numbers, by their codes; two where a code makes a sign clear, $5 CAD."""
    return frozenset(_code_of(text) for text in (found.before, found.after) if _CURRENCY.fullmatch(text))


def _code_of(sign: str) -> str:
    return CURRENCY_CODES.get(sign.lower(), sign.lower())
