"""Columns of words out of a list, of codes, and of yes or no."""

from collections.abc import Sequence

from schemas.fields import Role
from tasks.draft.columns.facts import LISTED, Arguments, Facts, Kind, ignored
from tasks.draft.columns.missing import missing_arguments
from tasks.draft.columns.sentinels import text_sentinels, word_sentinels
from tasks.draft.text.headers import is_named_like_code, is_named_like_count
from tasks.draft.text.wording import amount, counted, examples
from warehouse.draft import Counted

#: Rows a value from which a list of values is taken for complete, and share of them that may be met once.
ROWS_A_LISTED_VALUE, _MET_ONCE = 5.0, 0.1

#: Rows below which nothing can be told from how often a text comes again.
FEW_ROWS = 20

#: Different values of a category -> rows that each must have on the average.
_ROWS_A_VALUE = ((20, 2.0), (60, 5.0), (200, 10.0))

#: Texts longer than this are no categories.
LONGEST_VALUE = 60

#: Share of the cells from which what is missing in a flag says something of its own.
_OFTEN_MISSING = 0.05

#: Sentences have more blanks than this; a column that holds many is free text.
_BLANKS, _SENTENCES = 5, 0.3

_TWO_CODES = ((1, 2), (0, 1))
_YES_NO = (("1", "0"), ("yes", "no"), ("true", "false"), ("y", "n"), ("t", "f"))
_LISTED_REASON = "isin stops a file whose values changed"


def flag_kind(facts: Facts) -> Kind | None:
    """Return a flag where the texts say yes and no; a category where many are missing, as that may say something."""
    texts = {found.text.lower() for found in facts.known}
    pairs = [pair for pair in _YES_NO if texts & set(pair)]
    if len(texts) != facts.look.n_different or texts - {word for pair in pairs for word in pair}:
        return None
    if not all(any(pair[place] in texts for pair in pairs) for place in (0, 1)):
        return None
    if facts.n_missing > _OFTEN_MISSING * facts.look.n_cells:
        return category_kind(facts)
    missing, reasons = missing_arguments("most_frequent", facts.look.n_empty, _counts(facts, is_flag=True))
    return Kind(Role.FLAG, "bool", missing, (counted(facts.known, 4), *reasons))


def word_kind(facts: Facts) -> Kind | None:
    """Return a category where the different texts are few against the rows."""
    if facts.look.longest > LONGEST_VALUE or is_free_text(facts):
        return None
    if facts.n_rows < FEW_ROWS:
        return category_kind(facts)
    return category_kind(facts) if _has_rows_a_value(facts) else None


def category_kind(facts: Facts) -> Kind:
    """Return the category that a column of words is, its values listed where they are few."""
    sentinels = _counts(facts)
    values = [found for found in facts.look.commonest if found.text not in sentinels]
    n_different = facts.look.n_different + sum(found.is_missing_word for found in values)
    missing, reasons = missing_arguments("category", facts.look.n_empty, sentinels)
    said = f"{n_different:,} different: {counted(values, 4)}{', ...' if n_different > 4 else ''}"
    is_short = all(len(repr(found.text)) <= LONGEST_VALUE + 2 for found in values)
    if n_different > LISTED or facts.n_known < ROWS_A_LISTED_VALUE * n_different or not is_short:
        return Kind(Role.CATEGORY, "str", missing, (said, *reasons))
    once = sum(found.n == 1 for found in values)
    if once > _MET_ONCE * len(values) and not _is_yes_or_no(values):
        return Kind(Role.CATEGORY, "str", missing, (said, f"{once} of them in one row, so others may come", *reasons))
    listed = {"isin": sorted(found.text for found in values)}
    return Kind(Role.CATEGORY, "str", {**listed, **missing}, (said, _LISTED_REASON, *reasons))


def code_kind(facts: Facts) -> Kind:
    """Return the category that a column of whole numbers is which are no amounts; ignored if they are too many."""
    numbers = [found for found in facts.known if _is_whole(found)]
    if not (_are_few(facts) or _has_rows_a_value(facts)):
        found = f"{facts.look.n_different:,} different in {amount(facts.n_known, 'row')}"
        return ignored(f"codes, no amounts, such as {examples(numbers, 2)}: {found}, too many to be categories")
    texts = text_sentinels(facts.strange, facts.n_rows)
    sentinels = {found.text: found.n for found in facts.strange if found.text in texts}
    missing, reasons = missing_arguments("category", facts.look.n_empty, sentinels)
    said = f"codes, no amounts: {counted(numbers, 4)}{', ...' if len(numbers) > 4 else ''}"
    listed, why = _listed_codes(facts, numbers)
    return Kind(Role.CATEGORY, "int", {**listed, **missing}, (said, *why, *reasons))


def _listed_codes(facts: Facts, numbers: Sequence[Counted]) -> tuple[Arguments, list[str]]:
    """Return the list of the codes where no other is to be expected: a gap may be filled tomorrow."""
    values = sorted({int(float(found.text)) for found in numbers})
    if not _are_few(facts):
        return {}, [f"{facts.look.n_different:,} different"]
    if not values or len(values) <= values[-1] - values[0] or any(found.n == 1 for found in numbers):
        return {}, ["with gaps or met once, so others may come"]
    return {"isin": values}, [_LISTED_REASON]


def are_codes(facts: Facts) -> bool:
    """Return whether whole numbers stand for something else: their name says so, or they are 1 and 2."""
    numbers = facts.numbers
    if numbers is None or not numbers.is_whole or facts.look.n_amounts or facts.sentinels:
        return False
    if is_named_like_count(facts.header):
        return False
    if numbers.n_different == 2 and (numbers.lowest, numbers.highest) in _TWO_CODES:
        return True
    return is_named_like_code(facts.header) and (numbers.n_different > LISTED or _are_few(facts))


def _are_few(facts: Facts) -> bool:
    return facts.look.n_different <= LISTED and facts.rows_a_value >= ROWS_A_LISTED_VALUE


def _has_rows_a_value(facts: Facts) -> bool:
    needed = next((rows for most, rows in _ROWS_A_VALUE if facts.look.n_different <= most), None)
    return needed is not None and facts.rows_a_value >= needed


def is_free_text(facts: Facts) -> bool:
    """Return whether many texts of a column are sentences."""
    sentences = sum(found.text.count(" ") > _BLANKS for found in facts.known)
    return facts.look.n_different > LISTED and sentences > _SENTENCES * len(facts.known)


def one_word_kind(facts: Facts) -> Kind:
    """Return the category of a column that holds one text, or nothing."""
    (only,) = facts.known
    missing, _ = missing_arguments("category", facts.look.n_empty, _counts(facts))
    reason = f"{counted([only], 1)}, nothing in {amount(facts.n_missing, 'row')}, which are a category of their own"
    return Kind(Role.CATEGORY, "str", {"isin": [only.text], **missing}, (reason,))


def _counts(facts: Facts, *, is_flag: bool = False) -> dict[str, int]:
    """Return the texts of a column of words that stand for a missing value, and their cells."""
    known = set(word_sentinels(facts.look.commonest))
    if is_flag:  # in a column of yes and no, none is no answer
        known |= {found.text for found in facts.look.commonest if found.is_missing_word}
    return {found.text: found.n for found in facts.look.commonest if found.text in known}


def _is_yes_or_no(values: Sequence[Counted]) -> bool:
    return {found.text.lower() for found in values} in [set(pair) for pair in _YES_NO]


def _is_whole(found: Counted) -> bool:
    return found.text.lstrip("+-").split(".")[0].isdecimal()
