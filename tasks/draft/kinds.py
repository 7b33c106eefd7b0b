"""Decide what each column of a file is for, and say why: one rule a question, the first answer counts."""

from collections.abc import Callable
from datetime import datetime

from schemas.fields import Role
from tasks.draft.categories import (
    FEW_ROWS,
    LISTED,
    LONGEST_VALUE,
    ROWS_A_LISTED_VALUE,
    category_kind,
    flag_kind,
    is_free_text,
    one_word_kind,
    word_kind,
)
from tasks.draft.facts import Facts, Kind, ignored
from tasks.draft.keys import is_running, is_unique
from tasks.draft.measures import number_kind
from tasks.draft.names import is_named_like_identifier, is_named_like_list, is_named_like_number_of, words_of
from tasks.draft.number_marks import is_numeric
from tasks.draft.wording import amount, examples
from warehouse.draft import ListMark

#: Share of the texts of a column that look alike where it is of one look.
_ONE_LOOK = 0.9

#: Share of the cells that a list's mark must stand in, and of its things that come again.
_LISTS, _SHARED = 0.05, 0.5

#: Texts longer than this are no lists.
_LONGEST_LIST = 2_000

#: Share of the cells that may be empty in a column of one value for it to say nothing.
_HARDLY_EMPTY = 0.01

#: Digits of the longest number that is no telephone number.
_SHORT_NUMBER = 6

#: Days written as one number, 20310131.
_FIRST_DAY, _LAST_DAY = 1900_01_01, 2100_12_31

#: Different texts that are too many to look like days by chance.
_SOME = 3

#: Digits of a key that is kept as a number.
_LONGEST_KEY = 15

_DAYS = frozenset(
    {"date", "day", "dt", "datetime", "timestamp", "since", "birthday", "dob", "joined", "created", "datum"}
)
_PHONES = frozenset({"phone", "tel", "telephone", "mobile", "fax", "telefon", "handy", "telefono", "phonenumber"})
_PEOPLE = tuple(
    frozenset(words.split())
    for words in ("name", "first name", "last name", "full name", "family name", "given name", "middle name", "surname",
                  "firstname", "lastname", "fullname", "customer name", "client name", "nachname", "vorname", "nombre")
)  # fmt: skip


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
    if facts.n_missing <= _HARDLY_EMPTY * facts.look.n_cells or is_numeric(facts.look):
        return ignored(f"the same in every row that has a value: {examples(facts.known, 1)}")
    return one_word_kind(facts) if facts.look.longest <= LONGEST_VALUE else None


def _days(facts: Facts) -> Kind | None:
    if facts.look.n_instants < _ONE_LOOK * facts.n_known and not _are_days(facts):
        return None
    return ignored(f"days or times, such as {examples(facts.known, 1)}; a number made of them could be a feature")


def _are_days(facts: Facts) -> bool:
    """Return whether whole numbers are days, year and month first: all of them are, or the name says so."""
    numbers = facts.numbers
    if numbers is None or numbers.has_fractions or not _FIRST_DAY <= numbers.lowest <= numbers.highest <= _LAST_DAY:
        return False
    is_named = bool(words_of(facts.header) & _DAYS)
    return is_named or (len(facts.known) >= _SOME and all(_is_day(found.text) for found in facts.known))


def _is_day(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y%m%d")
    except ValueError:
        return False
    return True


def _addresses(facts: Facts) -> Kind | None:
    look = facts.look
    is_called_phone = bool(words_of(facts.header) & _PHONES)
    is_long = look.marks is not None and look.marks.longest_plain > _SHORT_NUMBER
    found = {
        "links": look.n_links,
        "e-mail addresses": look.n_mails,
        "keys of another table": look.n_uuids,
        "telephone numbers": look.n_phones + look.n_numbers if is_called_phone and is_long else look.n_phones,
    }
    name, n = max(found.items(), key=lambda pair: pair[1])
    if n >= _ONE_LOOK * facts.n_known:
        return ignored(f"{name}, such as {examples(facts.known, 1)}")
    if words_of(facts.header) in _PEOPLE and look.n_different > LISTED and not is_numeric(look):
        return ignored(f"names of people, such as {examples(facts.known, 1)}")
    return None


def _list_in_a_field(facts: Facts) -> Kind | None:
    mark = _list_mark(facts)
    if mark is not None:
        reason = (
            f"a list of up to {amount(mark.most, 'thing')} between {mark.mark!r}, such as {examples(facts.known, 2)}"
        )
        return Kind(Role.ITEMS, "list", {} if mark.mark == "," else {"separator": mark.mark}, (reason,))
    if not is_named_like_list(facts.header) or not _is_worded(facts):
        return None
    reason = f"named like a list, though every row holds one thing, such as {examples(facts.known)}"
    return Kind(Role.ITEMS, "list", {}, (reason,))


def _list_mark(facts: Facts) -> ListMark | None:
    """Return the mark between the things of a list: they come again, at other places and in other cells."""
    is_named = is_named_like_list(facts.header) and not is_free_text(facts)
    for mark in sorted(facts.look.list_marks, key=lambda mark: mark.n_cells, reverse=True):
        is_there = mark.n_cells >= max(2, _LISTS * facts.n_known) and mark.n_sizes > 1
        if (is_there and mark.n_shared >= _SHARED * mark.n_things) or is_named:
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
    if is_named_like_number_of(facts.header) and look.n_different > LISTED and is_numeric(look):
        return ignored(f"numbers of things, such as {examples(facts.known, 1)}: no amounts")
    if not is_named_like_identifier(facts.header):
        return None
    if look.n_different <= LISTED and facts.rows_a_value >= ROWS_A_LISTED_VALUE:
        return category_kind(facts)
    if is_unique(facts):
        return ignored("a second key, different in every row")
    rows = f"{amount(facts.n_known, 'row')} hold {look.n_different:,} different"
    return ignored(f"named like a key, but {rows}; expected one row a customer")


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
    _days,
    _addresses,
    _list_in_a_field,
    flag_kind,
    _other_key,
    number_kind,
    word_kind,
    _free_text,
)
