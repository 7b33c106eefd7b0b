"""SQL that turns texts into customers: typed values, chunks to check, the canonical order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from schemas.dataset import Column, identifier_of
from schemas.dialect import Dialect
from schemas.fields import Role
from schemas.tables import Table
from schemas.yes_no import YES_WORDS
from warehouse.statements.lists import with_first_of_each
from warehouse.statements.numbers import number_text, read_number, without_sentinels
from warehouse.statements.quoting import quote_identifier, quote_text

#: Before the name of a column whose cells are wanted as they were delivered.
FOUND = "found:"

#: Between the values of a row when its content is hashed; no delivered file holds them.
_UNIT, _MISSING, _ITEM = "chr(31)", "chr(30)", "chr(29)"

#: How many keys there are by which customers are ordered first: what 64 bits can tell apart.
KEYS = 1 << 64


@dataclass(frozen=True)
class SourceDialect:
    """How the records up to a key are written."""

    dialect: Dialect
    last_record: int


def create_texts(columns: Sequence[Column], dialects: Sequence[SourceDialect], unusual: Collection[str]) -> str:
    """Return the view ``work.texts``: the records that are not rejected, in texts that SQL can read.

    Texts that mean a missing value are null, numbers have a decimal point and nothing around
    them, and an allowed value has the spelling of the declaration. ``unusual`` names the columns of numbers that may
    have something around them.
    """
    names = {quote_identifier(column.name): column for column in columns if column.name in unusual}
    mark = dialects[0].dialect.thousands
    read = [f"{read_number(without_sentinels(name, column), column, mark)} AS {name}" for name, column in names.items()]
    replaced = f" REPLACE ({', '.join(read)})" if read else ""
    kept = f"SELECT *{replaced} FROM work.records"
    kept = f"({kept} ANTI JOIN work.rejected ON records._record = rejected.record)"
    spelled = {
        column.name: f"list_transform({quote_identifier(column.name)}, lambda x: {_allowed_spelling('x', column)})"
        for column in columns
        if column.role is Role.ITEMS and _allowed_spelling("x", column) != "x"
    }
    texts = ",\n".join(f"{_text(column, dialects)} AS {quote_identifier(column.name)}" for column in columns)
    return f"""
        CREATE OR REPLACE VIEW work.texts AS
        SELECT _record, {texts}
        FROM {with_first_of_each(kept, spelled)}"""


def create_typed(columns: Sequence[Column], respelled: Collection[str] = ()) -> str:
    """Return the view ``work.typed``: the records that are not rejected, in the declared types.

    Args:
        columns: the columns of the run.
        respelled: names of the columns of which ``work.spellings`` holds values to be replaced.
    """
    to_respell = [column for column in columns if column.name in respelled]
    values = ",\n".join(
        f"{_respelled(column) if column in to_respell else _typed(column)} AS {quote_identifier(column.name)}"
        for column in columns
    )
    items = {
        column.name: f"list_transform({quote_identifier(column.name)}, lambda x: {_spelling_of('x', column)})"
        for column in to_respell
        if column.role is Role.ITEMS
    }
    joined = " ".join(["work.texts", *map(_join_spellings, to_respell)])
    return f"""
        CREATE OR REPLACE VIEW work.typed AS
        SELECT _record, {values}
        FROM {with_first_of_each(joined, items)}"""


def insert_spellings(columns: Sequence[Column]) -> str:
    """Return the statement for the values of some columns that differ from another by case or blanks alone.

    ``work.spellings`` has one row per value to be replaced, with its most frequent spelling.
    """
    # One query for all of them, as each expands the view of all columns.
    held = ", ".join(f"{{'column_name': {quote_text(one.name)}, 'value': {_held(one)}}}" for one in columns)
    return f"""
        INSERT INTO work.spellings
        WITH counted AS (
            SELECT
                column_name,
                value,
                lower(nfc_normalize(regexp_replace(value, '[\\s\\pZ]+', ' ', 'g'))) AS same,
                count(*) AS n
            FROM (
                SELECT column_name, unnest(value) AS value
                FROM (SELECT unnest([{held}], max_depth := 2) FROM work.typed)
            )
            WHERE value IS NOT NULL GROUP BY column_name, value
        ), chosen AS (
            SELECT
                column_name,
                value,
                first_value(value) OVER (PARTITION BY column_name, same ORDER BY n DESC, len(value), value) AS spelling
            FROM counted
        )
        SELECT column_name, value, spelling FROM chosen WHERE value <> spelling"""


def create_keys(columns: Sequence[Column]) -> str:
    """Return the table ``keys``, one row per record: what the customers are ordered by, and equal where they are."""
    computed = ", ".join(f"{value} AS {name}" for name, value in _keys(columns).items())
    return f"CREATE OR REPLACE TEMPORARY TABLE keys AS SELECT _record, {computed} FROM work.typed"


def insert_customers(table: Table, columns: Sequence[Column]) -> str:
    """Return the statement that fills ``customers``, the table, in canonical order.

    The order depends on what the rows hold, not on their position in the file, so that the fit
    sees the same matrix whatever the order of the delivery. It takes ``$source_names`` and
    ``$first_records``, one of each per source, and inserts the customers whose first key is between
    ``$first_key`` and ``$last_key``.
    """
    identifier = identifier_of(tuple(columns))
    first_key, *later_keys = _keys(columns)
    number = "lpad(lower(hex(_content_key)), 16, '0') || '-' || CAST(coalesce(_occurrence, 1) AS VARCHAR)"
    own = f"CAST({quote_identifier(identifier.name)} AS VARCHAR)" if identifier else number
    found = {
        "customer_id": own,
        "source_name": "$source_names[_source]",
        "line_number": "_record - $first_records[_source] + 1",
    }
    into = [column.name for column in table.columns]
    values = ", ".join(found.get(name, quote_identifier(name)) for name in into)
    order = ", ".join([first_key, *later_keys, *([own] if identifier else []), "_record"])
    # One sort, and joins that hold keys alone.
    return f"""
        INSERT INTO customers ({", ".join(quote_identifier(name) for name in into)})
        WITH placed AS (
            SELECT *, len(list_filter($first_records, lambda first: first <= _record)) AS _source
            FROM work.typed
            INNER JOIN keys USING (_record)
            {"" if identifier else "LEFT JOIN repeated USING (_record)"}
            WHERE {first_key} BETWEEN CAST($first_key AS UBIGINT) AND CAST($last_key AS UBIGINT)
            ORDER BY {order}
        )
        SELECT {values} FROM placed"""


def _keys(columns: Sequence[Column]) -> dict[str, str]:
    """Return how the keys of the canonical order are computed, in order: what is encoded is equal in neighbors."""
    identifier = identifier_of(tuple(columns))
    content = [column for column in columns if column is not identifier]
    encoded = [column for column in columns if column.is_feature]
    of_content = {"_content_key": _hash(content)}
    return of_content if encoded == content else {"_encoded_key": _hash(encoded)} | of_content


def create_duplicates(identifier: Column) -> str:
    """Return the table ``duplicates`` of records whose identifier another record has that is kept: one row per record.

    The first of them is kept, or the last where that is declared.
    """
    name = quote_identifier(identifier.name)
    kept = "max" if identifier.settings.keep == "last" else "min"
    # A few bits of each identifier first, as nearly all of them occur once and are long together.
    return f"""
        CREATE OR REPLACE TEMPORARY TABLE duplicates AS
        WITH repeated AS (
            SELECT hash({name}) AS bits FROM work.typed GROUP BY bits HAVING count(*) > 1
        ), suspects AS (
            SELECT _record, CAST({name} AS VARCHAR) AS value
            FROM work.typed WHERE hash({name}) IN (SELECT bits FROM repeated)
        ), numbered AS (
            SELECT *, {kept}(_record) OVER (PARTITION BY value) AS kept FROM suspects
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


def select_rounded(identifier: Column, pattern: str) -> str:
    """Return the query for the records whose identifier a spreadsheet rounded: one row per record, with its value."""
    name = quote_identifier(identifier.name)
    return f"""
        SELECT _record AS record, {name} AS value FROM work.texts
        WHERE contains({name}, 'E+') AND regexp_full_match({name}, {quote_text(pattern)}) ORDER BY _record"""


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
    """Return the query for the different items of a column, sorted."""
    name = quote_identifier(column.name)
    return f"SELECT DISTINCT item FROM (SELECT unnest({name}) AS item FROM work.typed) ORDER BY item"


def insert_item_faults(column: Column) -> str:
    """Return the statement that rejects the records with an item of ``_faults``, which has one row an item."""
    return f"""
        INSERT INTO work.rejected (record, column_name, code, value, reason)
        SELECT held._record, _faults.column_name, _faults.code, _faults.value, _faults.reason
        FROM (SELECT _record, unnest({quote_identifier(column.name)}) AS item FROM work.typed) AS held
        INNER JOIN _faults ON held.item = _faults.item
        ORDER BY held._record, _faults.value, _faults.code"""


def _text(column: Column, dialects: Sequence[SourceDialect]) -> str:
    name = quote_identifier(column.name)
    if column.role is Role.ITEMS:
        return name
    text = _allowed_spelling(without_sentinels(name, column), column)
    written = {one.dialect: number_text(text, column, one.dialect) for one in dialects}
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


def _held(column: Column) -> str:
    """Return the expression for the list of the values that a customer has in a column."""
    name = quote_identifier(column.name)
    return name if column.role is Role.ITEMS else f"[{name}]"


def _respelled(column: Column) -> str:
    """Return the expression for a column in the most frequent spellings; its items have them already."""
    return _typed(column) if column.role is Role.ITEMS else _spelling_of(_typed(column), column)


def _spelling_of(value: str, column: Column) -> str:
    return f"coalesce({_spellings(column)}[{value}], {value})"


def _join_spellings(column: Column) -> str:
    """Return the join that gives each record the map of a column's spellings; a lambda takes no subquery."""
    return f"""
        CROSS JOIN (
            SELECT map(list(value), list(spelling)) AS {_spellings(column)}
            FROM work.spellings WHERE column_name = {quote_text(column.name)}
        )"""


def _spellings(column: Column) -> str:
    return quote_identifier(f"spellings of {column.name}")


def _typed(column: Column) -> str:
    text = quote_identifier(column.name)
    if column.role is Role.ITEMS:
        return text
    if column.value_type is bool:
        return is_true_word(text)
    if column.role is Role.FLAG and column.value_type is int:
        return f"CAST({is_true_word(text)} AS BIGINT)"
    if column.value_type is int:
        return f"TRY_CAST(regexp_replace({text}, '\\.0*$', '') AS BIGINT)"
    if column.value_type is float:
        return f"TRY_CAST({text} AS DOUBLE)"
    return text


def is_true_word(text: str) -> str:
    """Return the expression for whether a text is a word for true."""
    return f"lower({text}) IN ({', '.join(map(quote_text, YES_WORDS))})"


def truth(column: Column) -> str:
    """Return the expression for whether a stored flag is set."""
    name = quote_identifier(column.name)
    return is_true_word(name) if column.value_type is str else f"CAST({name} AS BOOLEAN)"


def _hash(columns: Sequence[Column]) -> str:
    """Return the expression for 64 bits of what a row holds: the first half of an MD5, as a number."""
    return f"CAST('0x' || left(md5({_content(columns)}), 16) AS UBIGINT)"


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
