"""Find the customer's key among the columns: at most one, and never a feature."""

from collections.abc import Sequence

from tasks.draft.facts import Facts
from tasks.draft.names import is_named_like_customer, is_named_like_identifier

#: Share of the rows that must have a key, and share of the keys that must be different where the name says key.
_PRESENT, _DIFFERENT = 0.99, 0.95

#: Rows from which values that are all different are no accident.
_MANY_ROWS = 20


def find_key(columns: Sequence[Facts]) -> int | None:
    """Return the place of the column that tells the customers apart best; None where none does."""
    ranked = sorted(((_rank(facts), -facts.place) for facts in columns), reverse=True)
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


def is_code(facts: Facts) -> bool:
    """Return whether the texts are codes: no blanks, some digit, and no plain numbers."""
    look = facts.look
    return look.n_codes - look.n_numbers - look.n_amounts >= 0.9 * look.n_filled and not look.n_texts


def _rank(facts: Facts) -> int:
    """Return how good a key the column is; 0 is none."""
    look = facts.look
    is_fraction = facts.numbers is not None and not facts.numbers.is_whole
    if facts.runs_on or is_fraction or facts.n_known < _PRESENT * look.n_cells or look.n_cells < 2:
        return 0
    if look.n_instants + look.n_mails + look.n_links + look.n_phones > 0.5 * look.n_filled:
        return 0
    is_named, is_customers = is_named_like_identifier(facts.header), is_named_like_customer(facts.header)
    if is_named and look.n_different >= _DIFFERENT * facts.n_known:
        return 60 + 20 * is_customers + 10 * is_unique(facts)
    if not is_unique(facts):
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
