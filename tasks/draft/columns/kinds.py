"""Decide what each column of a file is for, and say why: one rule a question, the first answer counts."""

from collections.abc import Callable

from schemas.fields import Role
from tasks.draft.columns.categories import (
    FEW_ROWS,
    LONGEST_VALUE,
    ROWS_A_LISTED_VALUE,
    category_kind,
    flag_kind,
    is_free_text,
    one_word_kind,
    word_kind,
)
from tasks.draft.columns.days import day_kind
from tasks.draft.columns.facts import LISTED, Facts, Kind, ignored
from tasks.draft.columns.keys import is_running, is_unique
from tasks.draft.columns.measures import number_kind
from tasks.draft.columns.personal import look_kind, personal_kind, postcode_kind
from tasks.draft.columns.ranges import is_measure, is_skewed
from tasks.draft.file.number_marks import is_numeric
from tasks.draft.text.headers import (
    is_named_like_count,
    is_named_like_customer,
    is_named_like_identifier,
    is_named_like_list,
    is_named_like_number_of,
    is_named_list_of_bought,
    is_named_list_of_liked,
    is_nameless,
)
from tasks.draft.text.looks import minus_of
from tasks.draft.text.wording import amount, examples
from warehouse.draft import ListMark

#: Share of the texts of a column that look alike where it is of one look.
_ONE_LOOK = 0.9

#: Share of the cells that a list's mark must stand in, and of its things that come again.
_LISTS, _SHARED = 0.05, 0.5

#: Marks that stand within things too, rolls/buns.
_WITHIN_THINGS = ("/", "+")

#: Texts longer than this are no lists.
_LONGEST_LIST = 2_000

#: Share of the cells that may be empty in a column of one value for it to say nothing.
_HARDLY_EMPTY = 0.01

#: Digits of a key that is kept as a number.
_LONGEST_KEY = 15

#: Rows from which long whole numbers, nearly all different, are taken for numbers of things: the least of them.
_MANY_NUMBERS, _DIFFERENT, _LONG_NUMBER = 1_000, 0.95, 10_000


def decide_kind(facts: Facts) -> Kind:
    """Return what a column is declared as, with the reasons."""
    found = (rule(facts) for rule in _RULES)
    return next((kind for kind in found if kind is not None), None) or _too_much(facts)


def _list_that_runs_on(facts: Facts) -> Kind | None:
    if not facts.runs_on:
        return None
    return Kind(Role.ITEMS, "list", {}, (f"a list that runs on over fields, such as {examples(facts.known)}",))


def _key(facts: Facts) -> Kind | None:
    if not facts.is_key:
        return None
    look = facts.look
    reasons = [f"the customer's key, no feature: {look.n_different:,} different in {amount(look.n_cells, 'row')}"]
    if facts.n_known > look.n_different:
        reasons.append(f"{amount(facts.n_known - look.n_different, 'row')} repeat one, and the first is kept")
    if facts.n_missing:
        reasons.append(f"{amount(facts.n_missing, 'row')} without one: rejected")
    value_type = "int" if _is_number_key(facts) else "str"
    return Kind(Role.IDENTIFIER, value_type, {}, (*reasons, f"such as {examples(facts.known, 1)}"))


def _is_number_key(facts: Facts) -> bool:
    look, numbers = facts.look, facts.numbers
    if numbers is None or not numbers.is_whole or look.n_leading_zeros or look.n_numbers < facts.n_known:
        return False
    return numbers.lowest >= 0 and numbers.highest < 10**_LONGEST_KEY


def _empty(facts: Facts) -> Kind | None:
    if facts.n_known:
        return None
    return ignored(
        "empty in every row" if not facts.look.n_missing else f"nothing but {examples(facts.look.commonest)}"
    )


def _constant(facts: Facts) -> Kind | None:
    if facts.look.n_different != 1:
        return None
    if facts.n_missing <= _HARDLY_EMPTY * facts.look.n_cells:
        return ignored(f"the same in every row that has a value: {examples(facts.known, 1)}")
    return one_word_kind(facts) if facts.look.longest <= LONGEST_VALUE else None


def _list_in_a_field(facts: Facts) -> Kind | None:
    mark = _list_mark(facts)
    if mark is not None:
        reason = (
            f"a list of up to {amount(mark.most, 'thing')} between {mark.mark!r}, such as {examples(facts.known, 2)}"
        )
        return Kind(Role.ITEMS, "list", {} if mark.mark == "," else {"separator": mark.mark}, (reason,))
    is_of_liked = is_named_list_of_liked(facts.header) and facts.look.n_different > LISTED
    if not (is_named_list_of_bought(facts.header) or is_of_liked) or not _is_worded(facts):
        return None
    reason = f"named like a list, though every row holds one thing, such as {examples(facts.known)}"
    return Kind(Role.ITEMS, "list", {}, (reason,))


def _list_mark(facts: Facts) -> ListMark | None:
    """Return the mark between the things of a list: they come again, at other places and in other cells."""
    is_named = is_named_like_list(facts.header) and not is_free_text(facts)
    marks = sorted(facts.look.list_marks, key=lambda mark: mark.n_cells, reverse=True)
    for mark in marks:
        is_there = mark.n_cells >= max(2, _LISTS * facts.n_known) and mark.n_sizes > 1
        if (is_there and mark.n_shared >= _SHARED * mark.n_things) or (is_named and mark.mark not in _WITHIN_THINGS):
            return mark
    return None


def _is_worded(facts: Facts) -> bool:
    look = facts.look
    others = look.n_numbers + look.n_amounts + look.n_instants + look.n_links + look.n_mails + look.n_uuids
    return others <= (1 - _ONE_LOOK) * facts.n_known and look.longest <= _LONGEST_LIST and not is_free_text(facts)


def _other_key(facts: Facts) -> Kind | None:
    """Leave out what numbers the rows, or points to the rows of another table."""
    look, numbers = facts.look, facts.numbers
    if numbers is not None and is_running(facts) and look.n_cells >= FEW_ROWS:
        return ignored(f"a running number, {numbers.lowest:.0f} to {numbers.highest:.0f}")
    if numbers is not None and not numbers.is_whole:
        return None
    if is_named_like_count(facts.header):
        return None
    if is_nameless(facts.header) and is_unique(facts):
        return ignored("different in every row under a header that a program made up: the number of a row")
    if is_named_like_number_of(facts.header) and look.n_different > LISTED and is_numeric(look):
        return ignored(f"numbers of things, such as {examples(facts.known, 1)}: no amounts")
    if not is_named_like_identifier(facts.header):
        return _numbering(facts)
    if look.n_different <= LISTED and facts.rows_a_value >= ROWS_A_LISTED_VALUE:
        return category_kind(facts)
    if is_unique(facts):
        return ignored("another key, different in every row")
    found = f"{look.n_different:,} different in {amount(facts.n_known, 'row')}"
    if is_named_like_customer(facts.header):
        return ignored(f"named like a customer's key, but {found}; expected one row per customer")
    return ignored(f"named like the key of another thing: {found}")


def _numbering(facts: Facts) -> Kind | None:
    """Leave out whole numbers that number things though no header says so."""
    look, numbers = facts.look, facts.numbers
    if numbers is None or not is_numeric(look) or look.n_amounts or is_measure(facts.header):
        return None
    how = "declare it as numeric() if it is an amount"
    if facts.is_rising:
        found = f"{numbers.lowest:.0f} to {numbers.highest:.0f}, rising down the file without gaps"
        return ignored(f"a running number of groups of rows, {found}; {how}")
    is_many = look.n_cells >= _MANY_NUMBERS and look.n_different >= _DIFFERENT * facts.n_known
    if not is_many or numbers.lowest < _LONG_NUMBER or is_skewed(numbers):
        return None
    return ignored(f"long whole numbers, different in nearly every row, such as {examples(facts.known, 1)}; {how}")


def _signed_otherwise(facts: Facts) -> Kind | None:
    """Leave out numbers whose minus is not before them, which no reader of numbers takes."""
    strange = [found for found in facts.strange if not found.is_missing_word]
    texts = strange or (facts.known if facts.look.n_different > LISTED else [])
    ways = {minus_of(found.text) for found in texts}
    if len(ways) != 1 or None in ways:
        return None
    found = f"numbers, those below zero {ways.pop()}, such as {examples(texts, 1)}"
    return ignored(f"{found}, which are not read as numbers: deliver them as -12.50")


def _free_text(facts: Facts) -> Kind | None:
    if is_free_text(facts):
        return ignored(f"free text, such as {examples(facts.known, 1)}")
    if facts.rows_a_value < 2:
        return ignored(f"different in nearly every row, such as {examples(facts.known, 2)}")
    return None


def _too_much(facts: Facts) -> Kind:
    look = facts.look
    if look.longest > LONGEST_VALUE:
        return ignored(f"texts of up to {look.longest:,} characters, such as {examples(facts.known, 1)}")
    return ignored(f"{look.n_different:,} different texts in {amount(facts.n_known, 'row')}, too many to be categories")


_RULES: tuple[Callable[[Facts], Kind | None], ...] = (
    _list_that_runs_on,
    _key,
    _empty,
    _constant,
    look_kind,
    flag_kind,
    personal_kind,
    day_kind,
    postcode_kind,
    _list_in_a_field,
    _other_key,
    number_kind,
    _signed_otherwise,
    word_kind,
    _free_text,
)
