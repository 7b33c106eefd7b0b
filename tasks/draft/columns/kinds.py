"""Decide the kind of each column of a file, and say why: the first rule that applies wins."""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.fields import Role
from schemas.shown import counted
from schemas.written_numbers import why_unread
from tasks.draft.columns.amounts import amounts_of
from tasks.draft.columns.categories import (
    CATEGORIES,
    are_few,
    category_kind,
    flag_kind,
    is_free_text,
    one_word_kind,
    word_kind,
)
from tasks.draft.columns.days import day_kind
from tasks.draft.columns.facts import MAX_LISTED, ONE_TYPE, Facts, Kind, ignored
from tasks.draft.columns.keys import is_running, is_unique
from tasks.draft.columns.measures import number_kind
from tasks.draft.columns.personal import contact_kind, personal_kind, postcode_kind
from tasks.draft.columns.ranges import is_measure, is_skewed
from tasks.draft.text.headers import (
    is_named_like_count,
    is_named_like_customer,
    is_named_like_identifier,
    is_named_like_list,
    is_named_like_number_of,
    is_named_list_of_bought,
    is_named_list_of_liked,
    is_nameless,
    words_of,
)
from tasks.draft.text.wording import examples
from warehouse.draft import ListMark


@dataclass(frozen=True)
class KindSettings:
    """What decides between kinds.

    Attributes:
        lists: share of the cells that a list's mark must be in.
        shared_items: share of the items of a list that must come again.
        within_items: marks that are within items too, rolls/buns.
        max_list: characters of a list.
        max_empty: share of the cells that may be empty in a column of one value for it to say nothing.
        max_key_digits: digits of a key that is kept as a number.
        min_numbers: rows from which long whole numbers, nearly all different, identify something and are not amounts.
        different: share of them that must be different.
        code_digits: digits from which numbers that all have as many are codes, of however few rows.
        long_number: the least of them.
    """

    lists: float = 0.05
    shared_items: float = 0.5
    within_items: tuple[str, ...] = ("/", "+")
    max_list: int = 2_000
    max_empty: float = 0.01
    max_key_digits: int = 15
    min_numbers: int = 1_000
    different: float = 0.95
    code_digits: int = 8
    long_number: int = 10_000


_SETTINGS = KindSettings()

#: Words for what an earlier segmentation found, and those that may stand beside them.
_SEGMENTS = frozenset({"segment", "segments", "segmentation", "cluster", "clusters", "score", "persona"})
_OF_SEGMENTS = frozenset(
    {"id", "name", "label", "no", "nr", "number", "customer", "kunden", "rfm", "kmeans", "k", "current", "old"}
)


def decide_kind(facts: Facts) -> Kind:
    """Return what a column is declared as, with the reasons."""
    return next(kind for rule in _RULES if (kind := rule(facts)) is not None)


def _earlier_segment(facts: Facts) -> Kind | None:
    """Leave out what an earlier segmentation said of the customers: segments should not be made of segments."""
    words = words_of(facts.header)
    if not words & _SEGMENTS or words - _SEGMENTS - _OF_SEGMENTS or not facts.n_known:
        return None
    return ignored(f"an earlier segmentation by its name, such as {examples(facts.known, 2)}: segments of segments")


def _list_that_runs_on(facts: Facts) -> Kind | None:
    if not facts.runs_on:
        return None
    return Kind(Role.ITEMS, "list", {}, (f"a list that runs on over fields, such as {examples(facts.known)}",))


def _key(facts: Facts) -> Kind | None:
    if not facts.is_key:
        return None
    found = f"{facts.n_different:,} different in {counted(facts.n_rows, 'row')}"
    reasons = [f"the customer's key, not a feature: {found}"]
    if facts.n_known > facts.n_different:
        reasons.append(f"{counted(facts.n_known - facts.n_different, 'row')} repeat one, and the first is kept")
    if facts.n_missing:
        reasons.append(f"{counted(facts.n_missing, 'row')} without one: rejected")
    value_type = "int" if _is_number_key(facts) else "str"
    return Kind(Role.IDENTIFIER, value_type, {}, (*reasons, f"such as {examples(facts.known, 1)}"))


def _is_number_key(facts: Facts) -> bool:
    profile, numbers = facts.profile, facts.numbers
    if numbers is None or not numbers.is_whole or profile.n_leading_zeros or profile.count("number") < facts.n_known:
        return False
    return numbers.lowest >= 0 and numbers.highest < 10**_SETTINGS.max_key_digits


def _empty(facts: Facts) -> Kind | None:
    if facts.n_known:
        return None
    words = facts.profile.most_common
    return ignored(f"nothing but {examples(words)}" if words else "empty in every row")


def _constant(facts: Facts) -> Kind | None:
    if facts.n_different != 1:
        return None
    if facts.n_missing <= _SETTINGS.max_empty * facts.n_rows:
        return ignored(f"the same in every row that has a value: {examples(facts.known, 1)}")
    return one_word_kind(facts) if facts.profile.longest <= CATEGORIES.max_length else None


def _objects(facts: Facts) -> Kind | None:
    """Leave out lists of objects, of which any part may be the item."""
    if not facts.known or not all(found.text.startswith("[{") for found in facts.known):
        return None
    return ignored(f"lists of JSON objects, such as {examples(facts.known, 1)}: deliver the names of the items alone")


def _list_in_a_field(facts: Facts) -> Kind | None:
    mark = _list_mark(facts)
    if mark is not None:
        items = counted(mark.longest, "item")
        reason = f"a list of up to {items} between {mark.mark!r}, such as {examples(facts.known, 2)}"
        return Kind(Role.ITEMS, "list", {} if mark.mark == "," else {"separator": mark.mark}, (reason,))
    is_of_liked = is_named_list_of_liked(facts.header) and facts.n_different > MAX_LISTED
    if not (is_named_list_of_bought(facts.header) or is_of_liked) or not _is_worded(facts):
        return None
    reason = f"named like a list, though every row holds one item, such as {examples(facts.known)}"
    return Kind(Role.ITEMS, "list", {}, (reason,))


def _list_mark(facts: Facts) -> ListMark | None:
    """Return the mark between the items of a list: they come again, at other positions and in other cells."""
    is_named = is_named_like_list(facts.header) and not is_free_text(facts)
    for mark in facts.profile.list_marks:
        is_there = mark.n_cells >= max(2, _SETTINGS.lists * facts.n_known) and mark.n_sizes > 1
        is_shared = is_there and mark.n_shared >= _SETTINGS.shared_items * mark.n_items
        if is_shared or (is_named and mark.mark not in _SETTINGS.within_items):
            return mark
    return None


def _is_worded(facts: Facts) -> bool:
    others = facts.profile.count("number", "amount", "instant", "link", "mail", "uuid")
    is_word = others <= (1 - ONE_TYPE) * facts.n_known and facts.profile.longest <= _SETTINGS.max_list
    return is_word and not is_free_text(facts)


def _other_key(facts: Facts) -> Kind | None:
    """Leave out what numbers the rows, or points to the rows of another table."""
    numbers = facts.numbers
    if numbers is not None and is_running(facts) and facts.n_rows >= CATEGORIES.min_rows:
        return ignored(f"a running number, {numbers.lowest:.0f} to {numbers.highest:.0f}")
    if numbers is not None and not numbers.is_whole:
        return None
    if is_named_like_count(facts.header):
        return None
    if is_nameless(facts.header) and is_unique(facts):
        return ignored("different in every row under a generated header: the number of a row")
    if is_named_like_number_of(facts.header) and facts.n_different > MAX_LISTED and facts.profile.is_numeric:
        return ignored(f"numbers that identify something, such as {examples(facts.known, 1)}: not amounts")
    if not is_named_like_identifier(facts.header):
        return _numbering(facts)
    if are_few(facts):
        return category_kind(facts)
    if is_unique(facts):
        return ignored("another key, different in every row")
    found = f"{facts.n_different:,} different in {counted(facts.n_known, 'row')}"
    if is_named_like_customer(facts.header):
        return ignored(f"named like a customer's key, but {found}; expected one row per customer")
    return ignored(f"named like the key of another thing: {found}")


def _numbering(facts: Facts) -> Kind | None:
    """Leave out whole numbers that identify something though no header says so."""
    numbers = facts.numbers
    if numbers is None or not facts.profile.is_numeric or facts.profile.count("amount") or is_measure(facts.header):
        return None
    how = "declare it as numeric() if it is an amount"
    if facts.is_rising:
        found = f"{numbers.lowest:.0f} to {numbers.highest:.0f}, rising down the file without gaps"
        return ignored(f"a running number of groups of rows, {found}; {how}")
    is_many = facts.n_rows >= _SETTINGS.min_numbers or is_named_like_customer(facts.header) or _is_long_code(facts)
    is_different = facts.n_rows >= CATEGORIES.min_rows and facts.n_different >= _SETTINGS.different * facts.n_known
    if not (is_many and is_different) or numbers.lowest < _SETTINGS.long_number or is_skewed(numbers):
        return None
    return ignored(f"long whole numbers, different in nearly every row, such as {examples(facts.known, 1)}; {how}")


def _is_long_code(facts: Facts) -> bool:
    """Return whether all numbers have as many digits, more than an amount has."""
    lengths = {len(found.text) for found in facts.known}
    return len(lengths) == 1 and min(lengths) >= _SETTINGS.code_digits and not facts.profile.count("amount")


def _doubtful_amounts(facts: Facts) -> Kind | None:
    """Leave out many different numbers that are written in several ways, which may mean several things."""
    doubt = amounts_of(facts.profile).doubt if facts.profile.is_numeric and facts.n_different > MAX_LISTED else ""
    return ignored(doubt) if doubt else None


def _too_much(facts: Facts) -> Kind:
    if is_free_text(facts):
        return ignored(f"free text, such as {examples(facts.known, 1)}")
    if facts.rows_per_value < 2:
        why = {why_unread(found.text) for found in facts.known}
        reason = f"; {why.pop()}" if len(why) == 1 and None not in why else ""
        return ignored(f"different in nearly every row, such as {examples(facts.known, 2)}{reason}")
    if facts.profile.longest > CATEGORIES.max_length:
        return ignored(f"texts of up to {facts.profile.longest:,} characters, such as {examples(facts.known, 1)}")
    return ignored(
        f"{facts.n_different:,} different texts in {counted(facts.n_known, 'row')}, too many to be categories"
    )


_RULES: tuple[Callable[[Facts], Kind | None], ...] = (
    _list_that_runs_on,
    _key,
    _earlier_segment,
    _empty,
    _constant,
    contact_kind,
    flag_kind,
    personal_kind,
    day_kind,
    postcode_kind,
    _objects,
    _list_in_a_field,
    _other_key,
    number_kind,
    _doubtful_amounts,
    word_kind,
    _too_much,
)
