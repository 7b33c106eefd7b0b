"""SQL for commas before a list: whether a comma belongs to the text or number before the list, or to the list."""

from collections.abc import Sequence

from schemas.dataset import Column
from schemas.dialect import LineRange
from schemas.fields import Role
from schemas.layout import Layout
from warehouse.statements.quoting import quote_identifier, quote_text

#: How the commas of a list are written that runs on into more fields; see ``style_of_list``.
SPACED, SHIFTED, MIXED, UNSPACED, LED = 1, 2, 3, 4, 5

#: Share of the lists that makes a style the file's own.
_OWN_STYLE_SHARE = 0.9


def column_before_list(layout: Layout, columns: Sequence[Column]) -> Column | None:
    """Return the column of free text or numbers before the list, if any: a comma in it may be one of the list."""
    if not layout.takes_more or layout.list_column is None:
        return None
    position = layout.positions[layout.list_column] - 1
    column = next((column for column in columns if layout.positions.get(column.name) == position), None)
    if column is None or column.role is Role.NUMERIC:
        return column
    is_text = column.value_type is str and column.role in (Role.CATEGORY, Role.IGNORED, Role.IDENTIFIER)
    return column if is_text and not column.allowed_texts else None


def first_item(layout: Layout, columns: Sequence[Column]) -> str:
    """Return the expression for the first item of a list that runs on into more fields; it may not be an item."""
    if column_before_list(layout, columns) is None:
        return "NULL::VARCHAR"
    return f"CASE WHEN len(fields) > {layout.n_fields} THEN nullif(trim(list_fields[1]), '') END"


def style_of_list(layout: Layout, columns: Sequence[Column]) -> str:
    """Return the expression for how the commas of a list are written that runs on into more fields.

    ``SPACED`` is ``Ohio,apples, juice``, ``UNSPACED`` is ``Ohio,apples,juice``, ``SHIFTED`` is
    ``Portland, Oregon,apples``, ``LED`` is ``Portland, Oregon, apples``.
    """
    if column_before_list(layout, columns) is None:
        return "NULL::TINYINT"
    before = f"fields[{layout.positions[layout.list_column or '']}]"
    is_led = f"list_fields[1] LIKE ' %' AND {before} NOT LIKE ' %'"
    is_plain = "list_fields[1] NOT LIKE ' %'"
    later = "list_fields[2:]"
    n_spaced = f"len(list_filter({later}, lambda f: f LIKE ' %'))"
    # Of one later field even an empty one counts.
    n_filled = f"len(list_filter({later}, lambda f: f NOT LIKE ' %' AND trim(f) <> ''))"
    n_unspaced = f"CASE WHEN len({later}) = 1 THEN 1 - {n_spaced} ELSE {n_filled} END"
    return f"""CASE WHEN len(fields) <= {layout.n_fields} THEN NULL
            WHEN {is_led} AND {n_unspaced} > 0 THEN {SHIFTED}
            WHEN {is_led} THEN {LED}
            WHEN {is_plain} AND {n_unspaced} = 0 THEN {SPACED}
            WHEN {is_plain} AND {n_spaced} = 0 THEN {UNSPACED} ELSE {MIXED} END::TINYINT"""


def is_shifted(layout: Layout, columns: Sequence[Column]) -> str:
    """Return the condition for a comma that can only belong to the text before the list.

    A list in quotes does not run on into other fields: what precedes it without quotes is not part of it.
    """
    if column_before_list(layout, columns) is None or not layout.dialect.quote:
        return "false"
    quote, separator = quote_text(layout.dialect.quote), quote_text(layout.dialect.item_separator)
    is_first_plain = f"NOT starts_with(trim(list_fields[1]), {quote})"
    quoted = f"list_filter(list_fields[2:], lambda f: starts_with(trim(f), {quote}))"
    lists = f"list_filter({quoted}, lambda f: contains(f, {separator}))"
    return f"CASE WHEN {is_first_plain} THEN len({quoted}) > 0 ELSE len({lists}) > 0 END"


def select_undecidable(layout: Layout, columns: Sequence[Column], lines: LineRange) -> str | None:
    """Return the query for the records whose first item may belong to the text before the list: one row per record.

    ``Portland, Oregon,apples`` where other rows are from Oregon, and Oregon is not an item of any other list; or
    where all other lists have a blank after each comma, or after none; ``12,50,apples`` where 50 is not an item of
    any other list. None where neither a text nor a number precedes the list.
    """
    before = column_before_list(layout, columns)
    if before is None or layout.list_column is None:
        return None
    text, items = quote_identifier(before.name), quote_identifier(layout.list_column)
    is_number = before.value_type in (int, float)
    # Texts may be long and all different; 64 bits of each tell them apart in little memory.
    is_part_of_number = f"regexp_full_match(_first_item, '[0-9]+') AND regexp_matches({text}, '[0-9]$')"
    is_part_of_text = "hash(lower(_first_item)) IN (SELECT text FROM texts)"
    return f"""
        WITH read AS NOT MATERIALIZED (
            SELECT *, {text} || '{"," if is_number else ", "}' || _first_item AS _value
            FROM work.records WHERE _fault IS NULL
        ), own AS NOT MATERIALIZED (
            SELECT * FROM read WHERE _record BETWEEN {lines.first} AND {lines.last}
        ), texts AS (
            SELECT DISTINCT hash(lower({text})) AS text FROM read WHERE {text} IS NOT NULL
        ), styles AS (
            SELECT
                greatest(count_if(_style = {SPACED}), count_if(_style = {UNSPACED}))
                    >= {_OWN_STYLE_SHARE} * count_if(_style <> {SHIFTED}) AS is_one
            FROM own
        ), suspects AS (
            SELECT
                _record,
                hash(lower(_first_item)) AS first_item,
                _value,
                _style IN ({SHIFTED}, {LED}) AND (SELECT is_one FROM styles) AS has_other_style,
                hash(lower(_value)) IN (SELECT text FROM texts) AS is_known,
                {is_part_of_number if is_number else is_part_of_text} AS is_part
            FROM own WHERE _first_item IS NOT NULL AND (has_other_style OR is_known OR is_part)
        ), other_items AS (
            SELECT DISTINCT hash(lower(item)) AS item
            FROM (
                SELECT unnest(CASE WHEN _first_item IS NULL THEN {items} ELSE {items}[2:] END) AS item
                FROM read WHERE EXISTS (SELECT 1 FROM suspects)
            )
        )
        SELECT _record AS record, _value AS value FROM suspects
        WHERE has_other_style OR is_known OR first_item NOT IN (SELECT item FROM other_items)
        ORDER BY record"""
