"""What stands around the numbers of a column: a currency, a unit, or K and M, which multiply them."""

from dataclasses import dataclass, field

from schemas.written_numbers import SUFFIXES
from tasks.draft.text.wording import amount, shown
from warehouse.draft import Affix, ColumnProfile

#: Share of the cells up to which those with a unit are mistakes, and from which the unit is that of the others too.
_FEW, _MOST = 0.05, 0.5


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
    n_with_unit, afters = sum(one.n for one in with_unit), sorted({one.after for one in with_unit})
    units = {text.lower() for text in afters}
    is_multiplied = bool(units) and units <= SUFFIXES.keys()
    if len({text.lower() for text in befores}) > 1 or (len(units) > 1 and not is_multiplied):
        examples = [shown(one.example) for one in profile.affixes]
        return Amounts(doubt=f"numbers in several units, such as {examples[0]} and {examples[-1]}: deliver one unit")
    if is_multiplied and (len(units) > 1 or ("k" in units and n_with_unit < profile.count("number", "amount"))):
        return Amounts(tuple(befores), {text: 10 ** SUFFIXES[text.lower()] for text in afters})
    # A third of a hundred may be written 33 % and 0.33 in one file.
    most = 1 - _FEW if units == {"%"} else _MOST
    if not units or n_with_unit >= most * profile.n_known:
        return Amounts(tuple(sorted({*befores, *afters})))
    if n_with_unit <= _FEW * profile.n_known:
        return Amounts(tuple(befores), strays=tuple(with_unit))
    return Amounts(
        doubt=f"{shown(afters[0])} after the number in {amount(n_with_unit, 'row')}, such as "
        f"{shown(with_unit[0].example)}, and nothing after the others; numeric(strip={afters[0]!r}) reads them as one "
        "unit, if they are"
    )
