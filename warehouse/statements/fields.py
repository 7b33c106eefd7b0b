"""SQL for fields: the records of a source as its layout reads them, and the cell of each declared column."""

from collections.abc import Sequence
from dataclasses import replace

from schemas.dataset import Column
from schemas.dialect import Dialect, LineRange
from schemas.layout import Layout
from schemas.spreadsheet import FORMULA
from warehouse.statements.quotes import unquoted
from warehouse.statements.quoting import pattern_of, quote_text

#: What is taken off the ends of every text beside blanks: exotic white space and non-printing characters.
_EXOTIC = "\t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u2060\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200E))
)


#: Digits after the mark with which spreadsheets keep them a text; nothing else, so that 'n Sync and '90s stay.
_MARKED_DIGITS = r"'([+-]?[0-9][0-9 .,:/()-]*)"


def select_trailing_share(layout: Layout, records: LineRange) -> str:
    """Return the query for the share of some records that have a trailing delimiter: one row."""
    return f"""
        SELECT coalesce(avg(({_has_trailing_delimiter(layout)})::INT), 0) AS share
        FROM work.raw_records WHERE record BETWEEN {records.first} AND {records.last}"""


def matches_text_marks(dialect: Dialect) -> str:
    """Return the pattern of a line with the mark of a spreadsheet before a text of digits: ``'0123``, ``="0123"``."""
    beside = f"{pattern_of(dialect.delimiter)}|[ {pattern_of(dialect.quote or '')}]"
    digits = f"|{_MARKED_DIGITS}" if dialect.quote != "'" else ""
    return f'(?:^|{beside})(?:="+[^"]*"{digits})(?:$|{beside})'


def create_fields(layout: Layout, columns: Sequence[Column], lines: LineRange) -> str:
    """Return the view ``work.record_fields`` of one source: one row per record, quotes and all.

    Without the header, trailing delimiters, and commas inside an allowed value. ``list_fields`` are those that the
    one list takes; ``has_exotic`` says whether other characters than blanks may surround a value.
    """
    header = f"BETWEEN {lines.first + layout.header_line - 1} AND {lines.first + layout.first_line - 2}"
    delivered = "fields"
    if layout.closes_records:
        delivered = f"CASE WHEN {_has_trailing_delimiter(layout)} THEN fields[:-2] ELSE fields END"
    list_fields = fields_of(layout, layout.list_column) if layout.list_column else "NULL::VARCHAR[]"
    return f"""
        CREATE OR REPLACE VIEW work.record_fields AS
        WITH delivered AS (
            SELECT record, raw, broken, {delivered} AS fields
            FROM work.raw_records
            WHERE {f"record NOT {header}" if layout.header_line else "true"}
        ), corrected AS (
            SELECT record, raw, broken, {_with_whole_values(layout, columns)} AS fields FROM delivered
        )
        SELECT *, {list_fields} AS list_fields, {_has_exotic(layout)} AS has_exotic FROM corrected"""


def cell_of(layout: Layout, column: Column) -> str:
    """Return the expression for the cell of a column that is not a list: a text, null where it is empty."""
    if column.name not in layout.positions:
        return "NULL::VARCHAR"
    field = f"fields[{index_of(layout, layout.positions[column.name])}]"
    text = trimmed(content_of(field, layout))
    return f"nullif({without_text_mark(text) if layout.text_marks else text}, '')"


def without_text_mark(text: str) -> str:
    """Return the expression for a text without what keeps a spreadsheet from reading it as a number."""
    marked = f'^(?:{_MARKED_DIGITS}|="([^"]*)")$'
    return f"regexp_replace({text}, {quote_text(marked)}, '\\1\\2')"


def any_cell_text(field: str) -> str:
    """Return the expression for a cell that may have anything around it; that of a run, which knows what there is."""
    return without_text_mark(f"trim({field}, {quote_text(' ' + _EXOTIC)})")


def select_difference(layout: Layout, column: Column, position: int) -> str:
    """Return the query for the first record whose cell of a column differs from that at another position."""
    other = replace(layout, positions={**layout.positions, column.name: position})
    return f"""
        SELECT record, {cell_of(layout, column)} AS value, {cell_of(other, column)} AS other
        FROM work.record_fields
        WHERE len(fields) = {layout.n_fields} AND value IS DISTINCT FROM other
        ORDER BY record LIMIT 1"""


def fields_of(layout: Layout, column_name: str) -> str:
    """Return the expression for the fields that an items column takes: one, or all that its list runs on into."""
    position = layout.positions[column_name]
    end = str(position + 1)
    if column_name == layout.list_column:
        end = f"len(fields) - {layout.n_fields - 1 - position}"
    return f"fields[{position + 1}:{end}]"


def content_of(field: str, layout: Layout) -> str:
    """Return the expression for a field without its quotes, and without what keeps it from being a formula."""
    content = unquoted(field, layout.dialect)
    if not layout.is_repair:
        return content
    escaped = quote_text(f"^'({FORMULA})")
    return f"regexp_replace({content}, {escaped}, '\\1')"


def trimmed(text: str) -> str:
    """Return the expression for a text without white space and non-printing characters around it."""
    # Taking off blanks alone is fifteen times as fast, and nearly all records have nothing else.
    return f"CASE WHEN has_exotic THEN trim({text}, {quote_text(' ' + _EXOTIC)}) ELSE trim({text}) END"


def named_cells(layout: Layout, named: Sequence[tuple[str, int]]) -> str:
    """Return the expression for the cells at some positions: a list of (trimmed cell, name)."""
    indexes = ", ".join(index_of(layout, position) for _, position in named)
    names = ", ".join(quote_text(name) for name, _ in named)
    cells = f"list_transform(list_select(fields, [{indexes}]), lambda f: trim({unquoted('f', layout.dialect)}))"
    return f"list_zip({cells}, [{names}])"


def index_of(layout: Layout, position: int) -> str:
    """Return the expression for the index of a field, from 1: after a list it is counted from the end."""
    is_after_list = layout.list_column is not None and position > layout.positions[layout.list_column]
    return f"len(fields) - {layout.n_fields - 1 - position}" if is_after_list else str(position + 1)


def is_blank(layout: Layout) -> str:
    """Return the condition for a record of nothing but delimiters, blanks and quotes."""
    return f"regexp_full_match(raw, {quote_text(f'[{_around_fields(layout)}]*')})"


def is_ruled(layout: Layout) -> str:
    """Return the condition for a record that is a line drawn of dashes, with delimiters, blanks and quotes."""
    around = _around_fields(layout)
    return f"regexp_full_match(raw, {quote_text(f'[{around}:]*[-=_+]{{2}}[-=_+{around}:]*')})"


def _around_fields(layout: Layout) -> str:
    """Return what is between the cells of a record, for a class of characters in a pattern."""
    return f" {_EXOTIC}" + "".join(map(pattern_of, f"{layout.dialect.delimiter}{layout.dialect.quote or ''}"))


def _has_trailing_delimiter(layout: Layout) -> str:
    return f"len(fields) = {layout.n_fields + 1} AND trim(fields[-1]) = ''"


def _has_exotic(layout: Layout) -> str:
    """Return the condition for a record in which something else than blanks may surround a value."""
    dialect = layout.dialect
    outside = "".join(character for character in _EXOTIC if character not in dialect.delimiter)
    condition = f"regexp_matches(raw, {quote_text(f'[{outside}]')})"
    if len(outside) < len(_EXOTIC) and dialect.quote:  # a delimiter such as a tab may surround a value within quotes
        condition += f" OR contains(raw, {quote_text(dialect.quote)})"
    return condition


def _with_whole_values(layout: Layout, columns: Sequence[Column]) -> str:
    """Return the expression for the fields, where a comma inside an allowed value is part of it.

    ``Portland, Oregon`` without quotes is two fields; where the schema lists the allowed values it
    is known to be one.
    """
    cases = [
        _whole_value_case(layout, layout.positions[column.name] + 1, value)
        for column in columns
        if column.name in layout.positions and index_of(layout, layout.positions[column.name]).isdecimal()
        for value in column.allowed_texts
        if layout.dialect.delimiter in value
    ]
    return f"CASE {' '.join(cases)} ELSE fields END" if cases else "fields"


def _whole_value_case(layout: Layout, index: int, value: str) -> str:
    parts = value.split(layout.dialect.delimiter)
    last, n_fields = index + len(parts) - 1, layout.n_fields + len(parts) - 1
    n_fits = f"len(fields) {'>=' if layout.list_column else '='} {n_fields}"
    found = f"list_transform(fields[{index}:{last}], lambda f: lower(trim(f)))"
    wanted = ", ".join(quote_text(part.strip().lower()) for part in parts)
    joined = f"fields[:{index - 1}] || [{quote_text(value)}] || fields[{last + 1}:]"
    return f"WHEN {n_fits} AND {found} = [{wanted}] THEN {joined}"
