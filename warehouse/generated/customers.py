"""From texts to customers: typed values, the checks' chunks, the canonical order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from schemas.dataset import Column, identifier_of
from schemas.dialect import Dialect
from schemas.fields import Role
from warehouse.generated.numbers import changes_numbers, number_text, without_sentinels
from warehouse.generated.quoting import quote_identifier, quote_text

#: Before the name of a column whose cells are wanted as they were delivered.
FOUND = "found:"

#: Between the values of a row when its content is hashed; no delivered file holds them.
_UNIT, _MISSING, _ITEM = "chr(31)", "chr(30)", "chr(29)"

_TRUE_WORDS = "('1', 'true', 'yes', 'y', 't')"


@dataclass(frozen=True)
class SourceDialect:
    """How the records up to a key are written."""

    dialect: Dialect
    last_record: int


def create_texts(columns: Sequence[Column], dialects: Sequence[SourceDialect]) -> str:
    """Return the view ``work.texts``: the records that are not rejected, in texts that SQL can read.

    Texts that stand for a missing value are null, numbers have a decimal point and nothing around
    them, and an allowed value has the spelling of the declaration.
    """
    texts = ",\n".join(f"{_text(column, dialects)} AS {quote_identifier(column.name)}" for column in columns)
    return f"""
        CREATE OR REPLACE VIEW work.texts AS
        SELECT _record, {texts}
        FROM work.records ANTI JOIN work.rejected ON records._record = rejected.record"""


def create_typed(columns: Sequence[Column], respelled: Collection[str] = ()) -> str:
    """Return the view ``work.typed``: the records that are not rejected, in the declared types.

    Args:
        columns: the columns of the night.
        respelled: names of the columns of which ``work.spellings`` holds values to be replaced.
    """
    values = ",\n".join(
        f"{_respelled(column) if column.name in respelled else _typed(column)} AS {quote_identifier(column.name)}"
        for column in columns
    )
    return f"""
        CREATE OR REPLACE VIEW work.typed AS
        SELECT _record, {values}
        FROM work.texts"""


def insert_spellings(column: Column) -> str:
    """Return the statement for the values of a column that differ from another by case or blanks alone.

    ``work.spellings`` has one row a value to be replaced, with the commonest spelling of it.
    """
    value = f"unnest({quote_identifier(column.name)})" if column.role is Role.ITEMS else quote_identifier(column.name)
    return f"""
        INSERT INTO work.spellings
        WITH counted AS (
            SELECT value, lower(nfc_normalize(regexp_replace(value, '\\s+', ' ', 'g'))) AS same, count(*) AS n
            FROM (SELECT {value} AS value FROM work.typed) WHERE value IS NOT NULL GROUP BY value
        ), chosen AS (
            SELECT value, first_value(value) OVER (PARTITION BY same ORDER BY n DESC, value) AS spelling FROM counted
        )
        SELECT {quote_text(column.name)} AS column_name, value, spelling FROM chosen WHERE value <> spelling"""


def create_ordered(columns: Sequence[Column]) -> str:
    """Return the statement that puts the customers in their canonical order, ``_position`` from 0.

    The order depends on what the rows hold, not on where they stand in the file, so that the fit
    sees the same matrix whatever the order of the delivery.
    """
    identifier = identifier_of(tuple(columns))
    content = _content([column for column in columns if column is not identifier])
    encoded = _content([column for column in columns if column.is_feature])
    key = (
        f"CAST({quote_identifier(identifier.name)} AS VARCHAR)"
        if identifier
        else "left(_content_key, 16) || '-' || CAST(_occurrence AS VARCHAR)"
    )
    names = ", ".join(quote_identifier(column.name) for column in columns if column.name != "customer_id")
    return f"""
        CREATE OR REPLACE TABLE work.ordered AS
        WITH hashed AS (
            SELECT *, md5({content}) AS _content_key, md5({encoded}) AS _encoded_key FROM work.typed
        ), numbered AS (
            SELECT *, row_number() OVER (PARTITION BY _content_key ORDER BY _record) AS _occurrence
            FROM hashed
        ), keyed AS (
            SELECT *, {key} AS _customer_id FROM numbered
        )
        SELECT
            row_number() OVER (ORDER BY _encoded_key, _content_key, _occurrence, _customer_id) - 1 AS _position,
            _customer_id AS customer_id,
            sources.source_name,
            keyed._record - sources.first_record + 1 AS line_number,
            {names}
        FROM keyed
        INNER JOIN work.sources ON keyed._record BETWEEN sources.first_record AND sources.last_record
        ORDER BY _position"""


def select_duplicate_identifiers(identifier: Column) -> str:
    """Return the query for records whose identifier another record has that is kept: one row a record to reject.

    The first of them is kept, or the last where that is declared.
    """
    name = quote_identifier(identifier.name)
    order = "DESC" if identifier.settings.keep == "last" else "ASC"
    return f"""
        WITH numbered AS (
            SELECT
                _record,
                CAST({name} AS VARCHAR) AS value,
                first_value(_record) OVER (PARTITION BY {name} ORDER BY _record {order}) AS kept
            FROM work.typed
        )
        SELECT
            numbered._record AS record,
            numbered.value,
            sources.source_name AS kept_source,
            numbered.kept - sources.first_record + 1 AS kept_line,
            numbered._record BETWEEN sources.first_record AND sources.last_record AS is_same_source
        FROM numbered
        INNER JOIN work.sources ON numbered.kept BETWEEN sources.first_record AND sources.last_record
        WHERE numbered._record <> numbered.kept
        ORDER BY record"""


def select_texts(columns: Sequence[Column], found: Sequence[Column]) -> str:
    """Return the query for the text cells of a range of records, rejected ones aside.

    Args:
        columns: the columns to read.
        found: those of them that are wanted as they were delivered too, under ``found:`` and their name.
    """
    names = "".join(f", texts.{quote_identifier(column.name)}" for column in columns)
    if not found:
        return f"SELECT _record{names} FROM work.texts WHERE _record BETWEEN $first AND $last ORDER BY _record"
    originals = "".join(
        f", records.{quote_identifier(column.name)} AS {quote_identifier(FOUND + column.name)}" for column in found
    )
    return f"""
        SELECT texts._record{names}{originals}
        FROM work.texts INNER JOIN work.records ON texts._record = records._record
        WHERE texts._record BETWEEN $first AND $last AND records._record BETWEEN $first AND $last
        ORDER BY texts._record"""


def select_typed(columns: Sequence[Column]) -> str:
    """Return the query for the typed cells of a range of records."""
    names = ", ".join(quote_identifier(column.name) for column in columns)
    return f"SELECT _record, {names} FROM work.typed WHERE _record BETWEEN $first AND $last"


def select_items(column: Column) -> str:
    """Return the query for the different items of a column, with the records that hold them."""
    return f"""
        SELECT item, list(_record) AS records
        FROM (SELECT _record, unnest({quote_identifier(column.name)}) AS item FROM work.typed)
        GROUP BY item ORDER BY item"""


def _text(column: Column, dialects: Sequence[SourceDialect]) -> str:
    name = quote_identifier(column.name)
    if column.role is Role.ITEMS:
        spelled = _allowed_spelling("x", column)
        return name if spelled == "x" else f"list_distinct(list_transform({name}, lambda x: {spelled}))"
    text = _allowed_spelling(without_sentinels(name, column), column)
    written = {one.dialect: number_text(text, column, one.dialect) for one in dialects}
    if not any(changes_numbers(column, one.dialect) for one in dialects):
        return text
    if len(set(written.values())) == 1:
        return next(iter(written.values()))
    cases = " ".join(f"WHEN _record <= {one.last_record} THEN {written[one.dialect]}" for one in dialects)
    return f"CASE {cases} END"


def _allowed_spelling(text: str, column: Column) -> str:
    """Return the expression for a text, in the spelling of the allowed value that differs by case alone."""
    if column.role not in (Role.CATEGORY, Role.ITEMS) or column.settings.case_sensitive or column.value_type is bool:
        return text
    by_case: dict[str, list[str]] = {}
    for value in column.allowed_texts:
        by_case.setdefault(value.lower(), []).append(value)
    single = {key: values[0] for key, values in by_case.items() if len(values) == 1}
    if not single:
        return text
    cases = " ".join(f"WHEN {quote_text(key)} THEN {quote_text(value)}" for key, value in single.items())
    return f"CASE lower({text}) {cases} ELSE {text} END"


def _respelled(column: Column) -> str:
    """Return the expression for a column whose spellings are replaced by the commonest one."""
    name, typed = quote_identifier(column.name), _typed(column)
    spellings = (
        f"(SELECT map(list(value), list(spelling)) FROM work.spellings WHERE column_name = {quote_text(column.name)})"
    )
    if column.role is not Role.ITEMS:
        return f"coalesce({spellings}[{typed}], {typed})"
    spelled = f"list_transform({name}, lambda x: coalesce({spellings}[x], x))"
    return f"list_filter({spelled}, lambda x, i: list_position({spelled}, x) = i)"


def _typed(column: Column) -> str:
    text = quote_identifier(column.name)
    if column.role is Role.ITEMS:
        return text
    if column.value_type is bool:
        return _is_true_word(text)
    if column.role is Role.FLAG and column.value_type is int:
        return f"CAST({_is_true_word(text)} AS BIGINT)"
    if column.value_type is int:
        return f"TRY_CAST(regexp_replace({text}, '\\.0*$', '') AS BIGINT)"
    if column.value_type is float:
        return f"TRY_CAST({text} AS DOUBLE)"
    return text


def _is_true_word(text: str) -> str:
    return f"lower({text}) IN {_TRUE_WORDS}"


def truth(column: Column) -> str:
    """Return the expression for whether a stored flag is set."""
    name = quote_identifier(column.name)
    return _is_true_word(name) if column.value_type is str else f"CAST({name} AS BOOLEAN)"


def _content(columns: Sequence[Column]) -> str:
    """Return the expression for what a row holds, whatever the order of columns and of list items."""
    parts = []
    for column in sorted(columns, key=lambda column: column.name):
        name = quote_identifier(column.name)
        value = (
            f"array_to_string(list_sort({name}), {_ITEM})" if column.role is Role.ITEMS else f"CAST({name} AS VARCHAR)"
        )
        parts.append(f"coalesce({value}, {_MISSING})")
    return f"concat_ws({_UNIT}, {', '.join(parts)})" if parts else "''"
