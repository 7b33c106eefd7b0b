"""SQL that lists the customers of a segment for upload: e-mail addresses and phone numbers normalized and hashed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from warehouse.statements.quoting import quote_identifier, quote_text

#: What is dialed before a number within its own country, by country code; elsewhere 0. Italy's 0 is part of the number.
_TRUNK_PREFIX = {"1": "1", "39": ""}

#: White space around a text that people do not see, and trim() leaves: no-break space, tab, line ends.
_AROUND = r"^[\s\x{a0}\x{feff}]+|[\s\x{a0}\x{feff}]+$"

Kind = Literal["as it is", "e-mail address", "phone number"]


@dataclass(frozen=True)
class ListColumn:
    """A column of a list.

    Attributes:
        name: of the column of customers.
        kind: what its values are hashed as; they are listed as they are otherwise.
        country_code: of phone numbers without one, such as 49.
    """

    name: str
    kind: Kind = "as it is"
    country_code: str | None = None

    @property
    def listed_name(self) -> str:
        """Its name in the list."""
        return self.name if self.kind == "as it is" else f"{self.name}_sha256"


def create_members(columns: Sequence[ListColumn]) -> str:
    """Return the statement that makes ``members``: the listed columns of the customers of $segment_id, by customer."""
    cells = [f"{_listed(column)} AS {quote_identifier(column.listed_name)}" for column in columns]
    return (
        f"CREATE TEMP TABLE members AS SELECT {', '.join(cells)} FROM customers "
        "JOIN customer_segments USING (customer_id) WHERE customer_segments.segment_id = $segment_id "
        "ORDER BY customers.customer_id"
    )


def create_listed(keys: Sequence[str]) -> str:
    """Return the statement that makes ``listed``: the members with a value in one of the keys, each key once."""
    names = [quote_identifier(key) for key in keys]
    present = " OR ".join(f"nullif({name}::VARCHAR, '') IS NOT NULL" for name in names)
    return (
        f"CREATE TEMP TABLE listed AS FROM members WHERE {present} "
        f"QUALIFY row_number() OVER (PARTITION BY {', '.join(names)} ORDER BY rowid) = 1 ORDER BY rowid"
    )


def count_blank(keys: Sequence[str]) -> str:
    """Return the query for the number of members without a value in any of the keys."""
    blank = " AND ".join(f"nullif({quote_identifier(key)}::VARCHAR, '') IS NULL" for key in keys)
    return f"SELECT count(*) FROM members WHERE {blank}"


def create_changes(keys: Sequence[str]) -> str:
    """Return the statements that make ``changes``: what ``last_list`` has and ``listed`` lacks, then what is added."""
    same = " AND ".join(f"last_list.{name} IS NOT DISTINCT FROM listed.{name}" for name in map(quote_identifier, keys))
    return (
        f"CREATE TEMP TABLE changes AS SELECT 'removed' AS change, last_list.* FROM last_list ANTI JOIN listed "
        f"ON {same} ORDER BY last_list.rowid; "
        f"INSERT INTO changes SELECT 'added', listed.* FROM listed ANTI JOIN last_list ON {same} ORDER BY listed.rowid"
    )


def count_kinds(column: ListColumn) -> str:
    """Return the query for how many customers have a value, an e-mail address, and what may be a phone number."""
    text = _text(column.name)
    return (
        f"SELECT count({text}) AS n_values, count(*) FILTER ({_is_email(text)}) AS n_emails, "
        f"count(*) FILTER ({_may_be_phone(text)}) AS n_phones FROM customers"
    )


def count_unusable(column: ListColumn) -> str:
    """Return the query for the values of $segment_id that are left blank: for lack of a country code, and all."""
    text = _text(column.name)
    without_code = f"{_may_be_phone(text)} AND NOT regexp_matches({_digits(text)}, '^(\\+|00)')"
    lacks_code = without_code if column.kind == "phone number" and column.country_code is None else "false"
    return (
        f"SELECT count(*) FILTER ({lacks_code}) AS n_without_code, "
        f"count(*) FILTER ({text} IS NOT NULL AND {_listed(column)} IS NULL) AS n_unusable FROM customers "
        "JOIN customer_segments USING (customer_id) WHERE customer_segments.segment_id = $segment_id"
    )


def _listed(column: ListColumn) -> str:
    text = _text(column.name)
    if column.kind == "e-mail address":
        return f"CASE WHEN {_is_email(text)} THEN sha256(lower({text})) END"
    if column.kind == "phone number":
        number = _e164(text, column.country_code)
        return f"CASE WHEN regexp_full_match({number}, '\\+[1-9][0-9]{{6,14}}') THEN sha256({number}) END"
    return f"customers.{quote_identifier(column.name)}"


def _text(name: str) -> str:
    """Return the expression for a value without white space around it; null where there is nothing else."""
    return f"nullif(regexp_replace(customers.{quote_identifier(name)}::VARCHAR, {quote_text(_AROUND)}, '', 'g'), '')"


def _is_email(text: str) -> str:
    return f"contains({text}, '@')"


def _may_be_phone(text: str) -> str:
    """Return the expression for whether a value is of at least seven digits, and what people write between them."""
    return f"regexp_full_match({text}, '\\+?[ ().\\-/\\x{{a0}}]*([0-9][ ().\\-/\\x{{a0}}]*){{7,}}')"


def _digits(text: str) -> str:
    """Return the expression for the digits of a phone number, with the + before them; ``(0)`` is not dialed abroad."""
    return f"regexp_replace(replace({text}, '(0)', ''), '[^0-9+]', '', 'g')"


def _e164(text: str, country_code: str | None) -> str:
    """Return the expression for a phone number with + and country code; null where it has none."""
    digits = _digits(text)
    national = "NULL"
    if country_code is not None:
        prefix = _TRUNK_PREFIX.get(country_code, "0")
        national = f"'+{country_code}' || regexp_replace({digits}, '^{prefix}', '')"
    return (
        f"CASE WHEN NOT {_may_be_phone(text)} THEN NULL WHEN starts_with({digits}, '+') THEN {digits} "
        f"WHEN starts_with({digits}, '00') THEN '+' || {digits}[3:] ELSE {national} END"
    )
