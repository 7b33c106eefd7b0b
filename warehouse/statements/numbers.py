"""SQL that reads numbers as people write them: currency signs, decimal and thousands separators, sentinels."""

from collections.abc import Mapping, Sequence

from schemas.dataset import Column
from schemas.dialect import Dialect
from schemas.fields import Role
from schemas.layout import Layout
from schemas.written_numbers import (
    CHARACTERS,
    GROUPING,
    INDIAN,
    OTHER_CHARACTERS,
    SIMPLE_NUMBER,
    amount_pattern,
    as_ascii,
)
from warehouse.statements.fields import cell_of
from warehouse.statements.quoting import pattern_of, quote_identifier, quote_text

#: What cannot be read as a number under the marks of its file; no check takes it for one.
_NO_NUMBER = "'?'"

_SIGN = "[+-]?"
_GROUPS = {mark: f"\\d{{1,3}}(?:{pattern}\\d{{3}})" for mark, pattern in ((",", ","), (".", "\\."))}

#: Kind of evidence -> pattern of a number that can be read in one way only.
_EVIDENCE = {
    "decimal_commas": f"{_SIGN}(?:\\d*,\\d{{1,2}}|\\d*,\\d{{4,}}|0,\\d+|\\d{{4,}},\\d+|{_GROUPS['.']}+,\\d+"
    f"|{_GROUPS['.']}{{2,}})",
    "decimal_points": f"{_SIGN}(?:\\d*\\.\\d{{1,2}}|\\d*\\.\\d{{4,}}|0\\.\\d+|\\d{{4,}}\\.\\d+|{_GROUPS[',']}+\\.\\d+"
    f"|{_GROUPS[',']}{{2,}}|{INDIAN}(?:\\.\\d*)?)",
    "grouping_commas": f"{_SIGN}(?:{_GROUPS[',']}{{2,}}(?:\\.\\d*)?|{_GROUPS[',']}+\\.\\d*|{INDIAN}(?:\\.\\d*)?)",
    "grouping_points": f"{_SIGN}(?:{_GROUPS['.']}{{2,}}(?:,\\d*)?|{_GROUPS['.']}+,\\d*)",
}

#: In a column of whole numbers a comma before three digits can only group them, and so can a point, unless what
#: follows it is zeros alone.
_GROUPED_WHOLE = f"{_SIGN}{_GROUPS[',']}+"
_POINTED_WHOLE, _POINTED_ZEROS = f"{_SIGN}{_GROUPS['.']}+", f"{_SIGN}\\d{{1,3}}(?:\\.000)+"


def select_number_marks(layout: Layout, columns: Sequence[Column]) -> str | None:
    """Return the query for what the numbers of ``work.record_fields`` show: one row, a count per kind of evidence.

    None where no column holds numbers.
    """
    numeric = [column for column in columns if _is_number(column) and column.name in layout.positions]
    if not numeric:
        return None
    cells = ", ".join(
        f"{{'text': {cell_of(layout, column)}, 'is_whole': {column.value_type is int}, 'number': {number}}}"
        for number, column in enumerate(numeric)
    )
    mark = layout.dialect.thousands
    read = " ".join(f"WHEN {number} THEN {read_number('text', column, mark)}" for number, column in enumerate(numeric))
    # A record of another shape, such as a footer, does not say how the others are written.
    shape = f"len(fields) {'>=' if layout.takes_more else '='} {layout.n_fields}"
    return f"""
        WITH cells AS (
            SELECT unnest([{cells}], recursive := true)
            FROM work.record_fields WHERE {shape}
        ), numbers AS (
            SELECT CASE number {read} END AS text, is_whole
            FROM cells WHERE NOT regexp_full_match(text, '[0-9]*')
        )
        SELECT {counted_evidence("1")} FROM numbers"""


def counted_evidence(n: str) -> str:
    """Return the counts of what ``text`` shows, as the columns of a query.

    Args:
        n: cells that a row stands for; its ``is_whole`` says whether its column holds whole numbers alone.
    """
    whole, zeros = _matches(_POINTED_WHOLE), _matches(_POINTED_ZEROS)
    evidence = {kind: _matches(pattern) for kind, pattern in _EVIDENCE.items()} | {
        "unclear_points": f"{_matches(_unclear_pattern('.'))} OR (is_whole AND {whole})",
        "grouped_whole_numbers": f"is_whole AND {_matches(_GROUPED_WHOLE)}",
        "grouped_whole_points": f"is_whole AND {whole} AND NOT {zeros}",
    }
    return ", ".join(
        f"coalesce(sum({n}) FILTER (WHERE {shows}), 0)::BIGINT AS {kind}" for kind, shows in evidence.items()
    )


def select_unusual(columns: Sequence[Column]) -> str:
    """Return the query for whether numbers of ``work.records`` hold more than digits and marks: a map by column."""
    numeric = [column for column in columns if _is_number(column)]
    texts = [without_sentinels(quote_identifier(column.name), column) for column in numeric]
    found = ", ".join(f"bool_or(NOT {_is_simple(text)})" for text in texts)
    names = ", ".join(quote_text(column.name) for column in numeric)
    return f"SELECT map([{names}], [{found}]){' FROM work.records' if numeric else ''}"


def read_number(text: str, column: Column, mark: str | None) -> str:
    """Return the expression for a number's text in plain digits and marks; another text stays as it is.

    Args:
        text: expression for the text of the cell.
        column: the column, for the signs that may be taken off.
        mark: the declared mark between groups of digits.
    """
    settings = column.settings
    signs = _any_of((*settings.strip, *(name for name, _ in settings.units)))
    zeros = ", ".join(quote_text(zero.strip().lower()) for zero in settings.zero)
    is_zero = f"WHEN lower({text}) IN ({zeros}) THEN '0' " if zeros else ""
    number = written_number(text, signs, signs, dict(settings.units), mark)
    return f"CASE WHEN {text} IS NULL OR {_is_simple(text)} THEN {text} {is_zero}ELSE coalesce({number}, {text}) END"


def written_number(
    text: str, before: str, after: str, units: Mapping[str, int] | None = None, mark: str | None = None
) -> str:
    """Return the expression for a text in plain digits and marks, a minus before them; null where it is no number.

    Args:
        text: expression for the text.
        before: pattern of what may stand before the number, and before or after a dash that is 0.
        after: pattern of what may stand after the number.
        units: text after the number -> what it multiplies the number by, a power of ten.
        mark: a declared mark between groups of digits.
    """
    plain, pattern = _without_dash(text, before), quote_text(f"(?i){amount_pattern(before, after, mark)}")
    moved = f"regexp_replace({plain}, {pattern}, '\\1\\3\\6~\\4')"
    digits = f"translate({moved}, {quote_text(GROUPING)}, '')"
    signed = f"regexp_replace(regexp_replace({digits}, '^\\+?~', ''), '^(?:-|\\(\\))~', '-')"
    if units:
        signed += f" || {power_of(f'regexp_extract({plain}, {pattern}, 5)', units)}"
    is_number = f"regexp_full_match({plain}, {pattern}) AND regexp_matches({moved}, '^(?:[+-]?|\\(\\))~')"
    return f"CASE WHEN {is_number} THEN {signed} END"


def power_of(unit: str, units: Mapping[str, int]) -> str:
    """Return the expression for the exponent that a unit adds to a number: e3 for K."""
    powers = (
        f"WHEN {quote_text(as_ascii(text).strip().lower())} THEN 'e{len(str(n)) - 1}'" for text, n in units.items()
    )
    return f"CASE lower({unit}) {' '.join(powers)} ELSE '' END" if units else "''"


def signs_around(text: str, before: str, after: str) -> str:
    """Return the expression for what stands before and after a number: a struct of both, empty where nothing does."""
    plain, pattern = _without_dash(text, before), quote_text(f"(?i){amount_pattern(before, after)}")
    first, second, third = (f"regexp_extract({plain}, {pattern}, {group})" for group in (2, 5, 7))
    return f"{{'before': {first}, 'after': coalesce(nullif({second}, ''), {third})}}"


def number_text(text: str, column: Column, dialect: Dialect) -> str:
    """Return the expression for a number's text as SQL reads it, from one of ``read_number``: a decimal point alone.

    A number that means a missing value is null, however it is written: ``9,999`` as ``9999``.
    """
    if not _is_number(column):
        return text
    number = plain_number(text, dialect)
    unclear = _unclear(column, dialect)
    if unclear is not None:
        number = f"CASE WHEN regexp_full_match({text}, {quote_text(unclear)}) THEN {_NO_NUMBER} ELSE {number} END"
    if column.settings.units and column.value_type is int:
        number = f"coalesce(CAST(TRY_CAST({number} AS DECIMAL(38, 6)) AS VARCHAR), {number})"
    sentinels = [_as_number(sentinel) for sentinel in column.settings.sentinels]
    missing = ", ".join(str(sentinel) for sentinel in sentinels if sentinel is not None)
    return f"CASE WHEN TRY_CAST({number} AS DOUBLE) IN ({missing}) THEN NULL ELSE {number} END" if missing else number


def plain_number(text: str, dialect: Dialect) -> str:
    """Return the expression for a number's text without groups and with a decimal point."""
    group = dialect.thousands if as_ascii(dialect.thousands or " ") not in GROUPING else None
    if dialect.decimal == "." and group is None:
        return text
    groups = f"[1-9]\\d{{0,2}}(?:{pattern_of(group)}\\d{{3}})+|" if group else ""
    whole = f"(?:{groups}{f'{INDIAN}|' if group == ',' else ''}\\d*)"
    pattern = f"{_SIGN}{whole}(?:{pattern_of(dialect.decimal)}\\d*)?(?:[eE][+-]?\\d+)?"
    plain = f"replace({text}, {quote_text(group)}, '')" if group else text
    if dialect.decimal != ".":
        plain = f"replace({plain}, {quote_text(dialect.decimal)}, '.')"
    is_number = f"regexp_full_match({text}, {quote_text(pattern)})"
    return f"CASE WHEN {text} IS NULL THEN NULL WHEN {is_number} THEN {plain} ELSE {_NO_NUMBER} END"


def changes_numbers(column: Column, dialect: Dialect) -> bool:
    """Return whether a column's numbers are written otherwise than SQL reads them."""
    if not _is_number(column):
        return False
    return bool(column.settings.strip or dialect.unclear or dialect.thousands) or dialect.decimal != "."


def without_sentinels(text: str, column: Column) -> str:
    """Return the expression for a text that is null where it means a missing value."""
    if not column.settings.sentinels:
        return text
    words = ", ".join(quote_text(sentinel.strip().lower()) for sentinel in column.settings.sentinels)
    return f"CASE WHEN lower({text}) IN ({words}) THEN NULL ELSE {text} END"


def _matches(pattern: str) -> str:
    return f"regexp_full_match(text, {quote_text(pattern)})"


def _unclear(column: Column, dialect: Dialect) -> str | None:
    """Return the pattern of a number of a column that can be read in two ways; None where the marks decide."""
    # What a comma before three digits is, the type of the column may tell: only whole numbers have no decimals.
    is_told = (column.value_type is float) == (dialect.decimal == ",")
    marks = [mark for mark in dialect.unclear or "" if mark != "," or not is_told]
    return "|".join(_unclear_pattern(mark, is_whole=column.value_type is int) for mark in marks) or None


def _unclear_pattern(mark: str, *, is_whole: bool = False) -> str:
    pattern = pattern_of(mark)
    return f"{_SIGN}\\d{{1,3}}(?:{pattern}\\d{{3}})+" if is_whole else f"{_SIGN}[1-9]\\d{{0,2}}{pattern}\\d{{3}}"


def _is_number(column: Column) -> bool:
    return column.role is not Role.FLAG and column.value_type in (int, float)


def _as_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _is_simple(text: str) -> str:
    return f"regexp_full_match({text}, {quote_text(SIMPLE_NUMBER)})"


def _without_dash(text: str, before: str) -> str:
    """Return the expression for a text in the characters of ASCII, with zeros for dashes that are no minus.

    These stand for the cents, ``900,-``, or beside a sign of currency for the number.
    """
    plain = f"translate({text}, {quote_text(OTHER_CHARACTERS)}, {quote_text(CHARACTERS)})"
    plain = f"regexp_replace({plain}, '([0-9][.,])--?([^0-9]|$)', '\\100\\2')"
    if not before:
        return plain
    first, last = (quote_text(f"(?i){pattern}") for pattern in (f"^ *({before}) *--? *$", f"^ *--? *({before}) *$"))
    return f"regexp_replace(regexp_replace({plain}, {first}, '\\1 0'), {last}, '0 \\1')"


def _any_of(signs: Sequence[str]) -> str:
    """Return the pattern of some texts, whatever is in them, the longest first."""
    return "|".join(pattern_of(as_ascii(sign).strip()) for sign in sorted(signs, key=len, reverse=True))
