"""Find the customer identifier among the columns: at most one, and never a feature."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from schemas.errors import DataRefused
from schemas.shown import counted
from tasks.draft.columns.facts import MAX_LISTED, Facts
from tasks.draft.columns.ranges import is_money
from tasks.draft.text.headers import (
    is_bare_key,
    is_named_customer,
    is_named_like_account,
    is_named_like_count,
    is_named_like_customer,
    is_named_like_identifier,
    is_named_like_postcode,
    is_named_like_row,
    words_of,
)
from tasks.reading.checks import ROUNDED, rounded_in_words
from warehouse.draft import Numbers
from warehouse.statements.quoting import quote_identifier, quote_text


@dataclass(frozen=True)
class KeySettings:
    """What makes a column a key.

    Attributes:
        present: share of the rows that must have a key, and of those where the name says so: others are no customers.
        different: share of the keys that must be different where the name says key: a few repeat a customer.
        codes: share of the cells that must be codes.
        min_rows: rows from which values that are all different are no accident.
        rows_per_customer: rows of each customer, on the average, from which they are not customers.
        order_columns: columns named after an order from which rows of the same customer are orders.
        rows_per_buyer: rows of each, on the average, where the rows are named as orders.
        lost: share of rounded keys up to which a run rejects their rows.
        min_groups: different whole numbers from which they number groups of rows, where they rise without gaps.
    """

    present: float = 0.99
    named_present: float = 0.8
    different: float = 0.95
    codes: float = 0.9
    min_rows: int = 20
    rows_per_customer: float = 2.0
    order_columns: int = 2
    rows_per_buyer: float = 1.3
    lost: float = 0.01
    min_groups: int = 100


_SETTINGS = KeySettings()

#: Words for an order and what it holds.
_ORDERS = frozenset(
    {"order", "invoice", "transaction", "receipt", "created", "item", "items", "line", "lineitem", "sku", "quantity",
     "qty", "total", "fulfillment", "financial", "shipping", "bestellung", "rechnung", "commande", "pedido", "auftrag",
     "artikel", "menge", "facture", "article", "quantite", "factura", "cantidad", "fattura", "articolo", "quantita",
     "ordine", "factuur", "aantal", "amount", "price", "preis", "betrag", "montant"}
)  # fmt: skip


def with_key(columns: Sequence[Facts]) -> list[Facts]:
    """Return the columns, of which the one that identifies the customers best is the key, if any does."""
    repeated = several_rows(columns)
    usable = [facts for facts in columns if repeated is None or not _is_of_another_thing(facts)]
    rank, index = max(((_rank(facts), -facts.index) for facts in usable), default=(0, 0))
    return [replace(facts, is_key=rank > 0 and facts.index == -index) for facts in columns]


def is_unique(facts: Facts) -> bool:
    """Return whether every row has a value, and no two the same."""
    return facts.n_different == facts.n_rows == facts.n_known and facts.n_rows > 1


def is_running(facts: Facts) -> bool:
    """Return whether a column numbers the rows: 0 or 1, and on by one."""
    numbers = facts.numbers
    if numbers is None or not numbers.is_whole or numbers.n_different < 2 or not is_unique(facts):
        return False
    rise = (numbers.highest - numbers.lowest) / (numbers.n_different - 1)
    return 0 <= numbers.lowest <= facts.step and rise == facts.step and numbers.n_different == facts.n_rows


def has_no_gaps(numbers: Numbers, step: int) -> bool:
    """Return whether many whole numbers leave none out, as numbers of groups of rows do."""
    is_many = numbers.is_whole and numbers.n_different > _SETTINGS.min_groups
    return is_many and numbers.highest - numbers.lowest < step * numbers.n_different


def several_rows(columns: Sequence[Facts]) -> Facts | None:
    """Return the customer's key of a file with several rows per customer, which is not a key of its rows."""
    named = [facts for facts in columns if _is_customers_key(facts)]
    owners = [facts for facts in named if not is_named_like_account(facts.header)]
    others = [facts for facts in columns if is_bare_key(facts.header) or is_named_customer(facts.header)]
    keys = owners or [*others, *named]
    if any(_is_different(facts) for facts in keys):
        return None
    return next((facts for facts in keys if facts.n_different > MAX_LISTED and facts in named), None)


def refuse_orders(columns: Sequence[Facts], source: str) -> None:
    """Refuse a file whose rows are not customers, but several for each of them, as orders are.

    Raises:
        DataRefused: with how to make one row per customer of them.
    """
    owner, buyer = several_rows(columns), _buyer(columns)
    if owner is None or owner.rows_per_value < _SETTINGS.rows_per_customer:
        owner = buyer
    if owner is None:
        return
    key, table = quote_identifier(owner.header or ""), quote_text(Path(source).name)
    amounts = [one.header or "" for one in columns if one.profile.is_numeric and is_money(one.header)]
    sums = "".join(f", sum({name}) AS {name}" for name in map(quote_identifier, amounts[:1]))
    raise DataRefused(
        f"{source}: the rows are orders or the like, as {owner.header!r} holds {owner.n_different:,} different in "
        f"{counted(owner.n_rows, 'row')}; expected one row per customer, so roll them up, as DuckDB does by "
        f"SELECT {key}, count(*) AS orders{sums} FROM {table} GROUP BY {key}"
    )


def refuse_lost_keys(columns: Sequence[Facts], source: str) -> None:
    """Refuse a file whose keys a spreadsheet has rounded, 6.28E+12.

    Raises:
        DataRefused: with the column and what to do.
    """
    for facts in columns:
        lost = [found for found in facts.known if ROUNDED.fullmatch(found.text)]
        is_key = is_named_like_identifier(facts.header) or is_named_like_customer(facts.header)
        if is_key and sum(found.n for found in lost) > _SETTINGS.lost * facts.n_known:
            raise DataRefused(f"{source} column {facts.header}: {rounded_in_words(lost[0].text)}")


def _buyer(columns: Sequence[Facts]) -> Facts | None:
    """Return who ordered in a file that names what belongs to orders, several times each, where no key says so."""
    if any(_is_customers_key(facts) and _is_different(facts) for facts in columns):
        return None
    n_named = sum(bool(words_of(facts.header) & _ORDERS) for facts in columns)
    buyers = [
        facts
        for facts in columns
        if facts.profile.count("mail") > 0.5 * facts.n_rows or is_named_customer(facts.header)
    ]
    repeated = [
        facts for facts in buyers if facts.n_different > MAX_LISTED and facts.rows_per_value >= _SETTINGS.rows_per_buyer
    ]
    return repeated[0] if repeated and n_named >= _SETTINGS.order_columns else None


def _is_of_another_thing(facts: Facts) -> bool:
    """Return whether a column names a thing other than the customer, of which a customer has several."""
    return is_named_like_identifier(facts.header) and not is_bare_key(facts.header)


def _is_customers_key(facts: Facts) -> bool:
    is_named = is_named_like_identifier(facts.header) and is_named_like_customer(facts.header)
    return is_named and not is_named_like_count(facts.header)


def _is_different(facts: Facts) -> bool:
    return facts.n_different >= _SETTINGS.different * facts.n_known


def _rank(facts: Facts) -> int:
    """Return how good a key the column is; 0 is none."""
    is_fraction = facts.numbers is not None and not facts.numbers.is_whole
    is_named = is_named_like_customer(facts.header) or is_bare_key(facts.header)
    present = _SETTINGS.named_present if is_named else _SETTINGS.present
    if facts.runs_on or is_fraction or facts.n_known < present * facts.n_rows or facts.n_rows < 2:
        return 0
    if facts.profile.count("instant", "link", "phone") > 0.5 * facts.n_rows:
        return 0
    if facts.profile.count("mail") > 0.5 * facts.n_rows:
        return 35 * (is_unique(facts) and facts.n_rows >= _SETTINGS.min_rows)
    if is_named_like_postcode(facts.header) or is_named_like_count(facts.header):
        return 0
    return _rank_by_name(facts) or (_rank_by_cells(facts) if is_unique(facts) else 0)


def _rank_by_name(facts: Facts) -> int:
    """Return how good a key the column is by its header: whose key it says it is."""
    if is_named_customer(facts.header) and is_unique(facts) and not facts.profile.count("text"):
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
    """Return how good a key a column of different values is by its cells."""
    profile = facts.profile
    if profile.count("uuid") == facts.n_rows:
        return 50
    is_enough = facts.n_rows >= _SETTINGS.min_rows
    if _are_codes(facts) and (is_enough or facts.index == 0):
        return 40
    if is_running(facts) and (is_enough or facts.index == 0):
        return 30 if facts.index == 0 else 20
    is_word = profile.count("number", "amount", "text") == 0 and "name" not in (facts.header or "").casefold()
    return 10 if is_word and is_enough else 0


def _are_codes(facts: Facts) -> bool:
    """Return whether the texts are codes: no spaces, some digit, and not plain numbers."""
    n_codes = facts.profile.n_codes - facts.profile.count("number", "amount")
    return n_codes >= _SETTINGS.codes * facts.n_rows and not facts.profile.count("text")
