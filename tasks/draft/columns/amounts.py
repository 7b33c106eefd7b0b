"""What stands around the numbers of a column: a currency, a unit, or K and M, which multiply them."""

from dataclasses import dataclass, field

from schemas.written_numbers import SUFFIXES
from tasks.draft.text.wording import amount, shown
from warehouse.draft import Affix, ColumnProfile


@dataclass(frozen=True)
class AmountSettings:
    """How many cells may differ from the others.

    Attributes:
        few: share of the cells up to which those with a unit are mistakes: a run rejects them.
        most: share of the cells from which a unit is that of the others too.
    """

    few: float = 0.05
    most: float = 0.5


_SETTINGS = AmountSettings()


@dataclass(frozen=True)
class Amounts:
    """What is declared of the texts around the numbers of a column.

    Attributes:
        strip: texts that are taken off.
        units: texts after a number -> what they multiply it by.
        strays: the few amounts with a text that the others do not have.
        doubt: why the numbers cannot be compared, in words; empty where they can.
    """

    strip: tuple[str, ...] = ()
    units: dict[str, int] = field(default_factory=dict)
    strays: tuple[Affix, ...] = ()
    doubt: str = ""


def amounts_of(profile: ColumnProfile) -> Amounts:
    """Return what stands around the numbers of a column."""
    befores, afters = (
        _spellings([one.before for one in profile.affixes]),
        _spellings([one.after for one in profile.affixes]),
    )
    after = [one for one in profile.affixes if one.after]
    n_after = sum(one.n for one in after)
    is_multiplied = bool(afters) and afters.keys() <= SUFFIXES.keys()
    has_others = n_after < profile.count("number", "amount")
    if len(befores) > 1 or (len(afters) > 1 and not is_multiplied):
        examples = [shown(one.example) for one in profile.affixes]
        return Amounts(doubt=f"numbers in several units, such as {examples[0]} and {examples[-1]}: deliver one unit")
    strip = tuple(text for texts in befores.values() for text in texts)
    if is_multiplied and (len(afters) > 1 or ("k" in afters and has_others)):
        return Amounts(strip, {text: 10 ** SUFFIXES[text.lower()] for texts in afters.values() for text in texts})
    if not set(afters) - {"%"} or n_after >= _SETTINGS.most * profile.n_known:
        return Amounts(tuple(sorted({*strip, *(text for texts in afters.values() for text in texts)})))
    if n_after <= _SETTINGS.few * profile.n_known:
        return Amounts(strip, strays=tuple(after))
    found = f"{amount(n_after, 'row')} {'has' if n_after == 1 else 'have'} {shown(after[0].after)} after the number"
    return Amounts(
        doubt=f"{found}, such as {shown(after[0].example)}, and the others nothing; numeric(strip={after[0].after!r}) "
        "reads them as one unit, if they are"
    )


def _spellings(texts: list[str]) -> dict[str, list[str]]:
    """Return the texts by how they are without regard to case; those that are empty are left out."""
    found: dict[str, list[str]] = {}
    for text in dict.fromkeys(filter(None, texts)):
        found.setdefault(text.lower(), []).append(text)
    return found
