"""Find the customer's key among the columns: at most one, and never a feature."""

from collections.abc import Sequence

from tasks.draft.columns.facts import LISTED, Facts
from tasks.draft.text.headers import (
    is_bare_key,
    is_named_customer,
    is_named_like_account,
    is_named_like_count,
    is_named_like_customer,
    is_named_like_identifier,
    is_named_like_postcode,
    is_named_like_row,
)
from tasks.draft.text.looks import minus_of
from warehouse.draft import Numbers

#: Share of the rows that must have a key, and share of the keys that must be different where the name says key.
_PRESENT, _DIFFERENT = 0.99, 0.95

#: Rows from which values that are all different are no accident.
_MANY_ROWS = 20

#: Different whole numbers from which they number groups of rows where they rise down the file without gaps.
_MANY_GROUPS = 100


def find_key(columns: Sequence[Facts]) -> int | None:
    """Return the place of the column that tells the customers apart best; None where none does."""
    repeated = several_rows(columns)
    usable = [facts for facts in columns if repeated is None or not _is_of_another_thing(facts)]
    ranked = sorted(((_rank(facts), -facts.place) for facts in usable), reverse=True)
    return -ranked[0][1] if ranked and ranked[0][0] > 0 else None


def is_unique(facts: Facts) -> bool:
    """Return whether every row has a value, and no two the same."""
    return facts.look.n_different == facts.look.n_cells == facts.n_known and facts.n_rows > 1


def is_running(facts: Facts) -> bool:
    """Return whether a column numbers the rows: 0 or 1, and on by one."""
    numbers = facts.numbers
    if numbers is None or not numbers.is_whole or numbers.n_different < 2 or not is_unique(facts):
        return False
    rise = (numbers.highest - numbers.lowest) / (numbers.n_different - 1)
    return 0 <= numbers.lowest <= facts.step and rise == facts.step and numbers.n_different == facts.look.n_cells


def has_no_gaps(numbers: Numbers, step: int) -> bool:
    """Return whether many whole numbers leave none out, as numbers of groups of rows do."""
    is_many = numbers.is_whole and numbers.n_different > _MANY_GROUPS
    return is_many and numbers.highest - numbers.lowest < step * numbers.n_different


def is_code(facts: Facts) -> bool:
    """Return whether the texts are codes: no blanks, some digit, and no plain numbers."""
    look = facts.look
    return look.n_codes - look.n_numbers - look.n_amounts >= 0.9 * look.n_filled and not look.n_texts


def several_rows(columns: Sequence[Facts]) -> Facts | None:
    """Return the customer's key of a file with several rows a customer, which is no key of its rows; None elsewhere."""
    named = [facts for facts in columns if _is_customers_key(facts)]
    owners = [facts for facts in named if not is_named_like_account(facts.header)]
    others = [facts for facts in columns if is_bare_key(facts.header) or is_named_customer(facts.header)]
    keys = owners or [*others, *named]
    if any(_is_different(facts) for facts in keys):
        return None
    return next((facts for facts in keys if facts.look.n_different > LISTED and facts in named), None)


def _is_of_another_thing(facts: Facts) -> bool:
    """Return whether a column names a thing other than the customer, of which there are several a customer."""
    return is_named_like_identifier(facts.header) and not is_bare_key(facts.header)


def _is_customers_key(facts: Facts) -> bool:
    is_named = is_named_like_identifier(facts.header) and is_named_like_customer(facts.header)
    return is_named and not is_named_like_count(facts.header)


def _is_different(facts: Facts) -> bool:
    return facts.look.n_different >= _DIFFERENT * facts.n_known


def _rank(facts: Facts) -> int:
    """Return how good a key the column is; 0 is none."""
    look = facts.look
    is_fraction = facts.numbers is not None and not facts.numbers.is_whole
    if facts.runs_on or is_fraction or facts.n_known < _PRESENT * look.n_cells or look.n_cells < 2:
        return 0
    if look.n_instants + look.n_mails + look.n_links + look.n_phones > 0.5 * look.n_filled:
        return 0
    if is_named_like_postcode(facts.header) or is_named_like_count(facts.header):
        return 0
    return _rank_by_name(facts) or (_rank_by_cells(facts) if is_unique(facts) else 0)


def _rank_by_name(facts: Facts) -> int:
    """Return how good a key the column is by its header: whose key it says it is."""
    if is_named_customer(facts.header) and is_unique(facts) and not facts.look.n_texts:
        return 85
    if not is_named_like_identifier(facts.header) or not _is_different(facts):
        return 0
    if is_named_like_row(facts.header):
        return 35 * is_unique(facts)
    if is_bare_key(facts.header):
        return 80 + is_unique(facts)
    if is_named_like_customer(facts.header):
        return (70 if is_named_like_account(facts.header) else 90) + is_unique(facts)
    # The key of another thing may come again without a customer coming again.
    return 60 * is_unique(facts)


def _rank_by_cells(facts: Facts) -> int:
    """Return how good a key a column of different values is by what they look like."""
    look = facts.look
    if all(minus_of(found.text) for found in facts.known):
        return 0
    if look.n_uuids == look.n_cells:
        return 50
    if is_code(facts) and (look.n_cells >= _MANY_ROWS or facts.place == 0):
        return 40
    if is_running(facts) and (look.n_cells >= _MANY_ROWS or facts.place == 0):
        return 30 if facts.place == 0 else 20
    is_word = look.n_numbers == look.n_amounts == look.n_texts == 0
    return 10 if is_word and look.n_cells >= _MANY_ROWS and not _names_people(facts) else 0


def _names_people(facts: Facts) -> bool:
    return "name" in (facts.header or "").casefold()
