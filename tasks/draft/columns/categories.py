"""Recognize columns of categories, codes and yes/no flags."""

from dataclasses import dataclass

from schemas.fields import Role
from schemas.shown import counted
from schemas.yes_no import YES_WORDS, are_yes_and_no
from tasks.draft.columns.facts import MAX_LISTED, Arguments, Facts, Kind, ignored, missing_arguments
from tasks.draft.columns.ranges import is_measure
from tasks.draft.columns.sentinels import text_sentinels, word_sentinels
from tasks.draft.text.headers import is_named_like_code, is_named_like_count, is_named_like_month, words_of
from tasks.draft.text.wording import examples, with_counts


@dataclass(frozen=True)
class CategorySettings:
    """What makes a column of texts a category.

    Attributes:
        min_rows: rows below which it says nothing how often a text comes again.
        rows_per_value: (different values, rows that each must have on the average), ascending.
        rows_per_listed_value: rows per value from which few values are taken for complete.
        max_length: characters of a value; longer texts are not categories.
        often_missing: share of the cells from which it says something of its own that a flag is missing.
        max_spaces: sentences have more spaces than this.
        sentences: share of sentences from which a column is free text.
    """

    min_rows: int = 20
    rows_per_value: tuple[tuple[int, float], ...] = ((20, 2.0), (60, 5.0), (200, 10.0))
    rows_per_listed_value: float = 5.0
    max_length: int = 60
    often_missing: float = 0.05
    max_spaces: int = 5
    sentences: float = 0.3


CATEGORIES = CategorySettings()

#: Words for what has no more values than those that are met; a seventh town is no error.
_CLOSED = frozenset({"gender", "sex", "geschlecht", "sexe", "sexo", "genero"})

_TWO_CODES = ((1, 2), (0, 1))


def flag_kind(facts: Facts) -> Kind | None:
    """Return a flag where the texts say yes and no; a category where many are missing, as that may say something."""
    texts = {found.text.lower() for found in facts.known}
    if len(texts) != facts.n_different or not are_yes_and_no(texts):
        return None
    if facts.n_missing > CATEGORIES.often_missing * facts.n_rows:
        return category_kind(facts)
    # Among yes and no, none is a missing answer.
    sentinels = {found.text: found.n for found in facts.profile.most_common if found.is_missing_word}
    missing, reasons = missing_arguments("most_frequent", facts, sentinels)
    return Kind(Role.FLAG, "bool", missing, (with_counts(facts.known, 4), *reasons))


def word_kind(facts: Facts) -> Kind | None:
    """Return a category where the different texts are few against the rows."""
    if facts.profile.longest > CATEGORIES.max_length or is_free_text(facts):
        return None
    return category_kind(facts) if facts.n_rows < CATEGORIES.min_rows or _comes_again(facts) else None


def category_kind(facts: Facts) -> Kind:
    """Return the category that a column of words is; its values are listed where any other would be an error."""
    sentinels = word_sentinels(facts.profile.most_common)
    values = [found for found in facts.profile.most_common if found.text not in sentinels]
    n_different = facts.n_different + sum(found.is_missing_word for found in values)
    missing, reasons = missing_arguments("category", facts, sentinels)
    is_closed = are_yes_and_no({found.text.lower() for found in values}) or (
        words_of(facts.header) & _CLOSED and are_few(facts)
    )
    listed: Arguments = {"isin": sorted(found.text for found in values)} if is_closed else {}
    said = f"{n_different:,} different: {with_counts(values, 4)}{', ...' if n_different > 4 else ''}"
    closed = ["isin stops a file whose values changed"] if listed else []
    return Kind(Role.CATEGORY, "str", {**listed, **missing}, (said, *closed, *reasons))


def one_word_kind(facts: Facts) -> Kind:
    """Return the category of a column that holds one text, or nothing; a flag where that says yes."""
    if facts.known[0].text.lower() in YES_WORDS:
        missing, reasons = missing_arguments("no", facts, {})
        return Kind(Role.FLAG, "bool", missing, (with_counts(facts.known, 1), *reasons))
    missing, _ = missing_arguments("category", facts, word_sentinels(facts.profile.most_common))
    nothing = f"nothing in {counted(facts.n_missing, 'row')}, which are a category of their own"
    return Kind(Role.CATEGORY, "str", missing, (f"{with_counts(facts.known, 1)}, {nothing}",))


def code_kind(facts: Facts) -> Kind:
    """Return the category that a column of whole numbers is that are not amounts; ignored if they are too many."""
    numbers = [found for found in facts.known if found.text.lstrip("+-").split(".")[0].isdecimal()]
    if not (are_few(facts) or _comes_again(facts)):
        found = f"{facts.n_different:,} different in {counted(facts.n_known, 'row')}"
        return ignored(f"codes, not amounts, such as {examples(numbers, 2)}: {found}, too many to be categories")
    missing, reasons = missing_arguments("category", facts, text_sentinels(facts.non_numeric, facts.n_rows))
    said = f"{facts.n_different:,} different codes, not amounts: {with_counts(numbers, 4)}"
    value_type = "str" if facts.profile.n_leading_zeros else "int"
    return Kind(Role.CATEGORY, value_type, missing, (f"{said}{', ...' if len(numbers) > 4 else ''}", *reasons))


def are_codes(facts: Facts) -> bool:
    """Return whether whole numbers stand for something else: their name says so, or they are 1 and 2."""
    numbers = facts.numbers
    if numbers is None or not numbers.is_whole or facts.profile.count("amount") or facts.sentinels:
        return False
    if is_named_like_count(facts.header):
        return False
    if numbers.n_different == 2 and (numbers.lowest, numbers.highest) in _TWO_CODES:
        return True
    if is_named_like_month(facts.header) and 1 <= numbers.lowest < numbers.highest <= 12:
        return not is_measure(facts.header)
    return is_named_like_code(facts.header) and (numbers.n_different > MAX_LISTED or are_few(facts))


def are_few(facts: Facts) -> bool:
    """Return whether the different texts can be listed, and come again so often that no other is expected."""
    return facts.n_different <= MAX_LISTED and facts.rows_per_value >= CATEGORIES.rows_per_listed_value


def is_free_text(facts: Facts) -> bool:
    """Return whether many texts of a column are sentences."""
    sentences = sum(found.text.count(" ") > CATEGORIES.max_spaces for found in facts.known)
    return facts.n_different > MAX_LISTED and sentences > CATEGORIES.sentences * len(facts.known)


def _comes_again(facts: Facts) -> bool:
    """Return whether every different text has enough rows on the average for how many there are."""
    needed = next((rows for most, rows in CATEGORIES.rows_per_value if facts.n_different <= most), None)
    return needed is not None and facts.rows_per_value >= needed
