"""SQL that reads numbers as people write them: currency signs, decimal and thousands separators, sentinels."""

from collections.abc import Sequence

from schemas.dataset import Column
from schemas.dialect import Dialect
from schemas.fields import Role
from schemas.layout import Layout
from warehouse.statements.fields import cell_of
from warehouse.statements.quoting import pattern_of, quote_text

#: What cannot be read as a number under the marks of its file; no check takes it for one.
_NO_NUMBER = "'?'"

_SIGN = "[+-]?"
_GROUPS = {mark: f"\\d{{1,3}}(?:{pattern}\\d{{3}})" for mark, pattern in ((",", ","), (".", "\\."))}
_SPACED = "\\d{1,3}(?:[ \\x{a0}\\x{202f}']\\d{3})+"

#: Kind of evidence -> pattern of a number that can be read in one way only.
_EVIDENCE = {
    "decimal_commas": f"{_SIGN}(?:\\d*,\\d{{1,2}}|\\d*,\\d{{4,}}|0,\\d+|\\d{{4,}},\\d+|{_GROUPS['.']}+,\\d+"
    f"|{_SPACED},\\d+|{_GROUPS['.']}{{2,}})",
    "decimal_points": f"{_SIGN}(?:\\d*\\.\\d{{1,2}}|\\d*\\.\\d{{4,}}|0\\.\\d+|\\d{{4,}}\\.\\d+|{_GROUPS[',']}+\\.\\d+"
    f"|{_SPACED}\\.\\d+|{_GROUPS[',']}{{2,}})",
    "grouping_commas": f"{_SIGN}(?:{_GROUPS[',']}{{2,}}(?:\\.\\d*)?|{_GROUPS[',']}+\\.\\d*)",
    "grouping_points": f"{_SIGN}(?:{_GROUPS['.']}{{2,}}(?:,\\d*)?|{_GROUPS['.']}+,\\d*)",
    "grouping_spaces": f"{_SIGN}\\d{{1,3}}(?:[ \\x{{a0}}\\x{{202f}}]\\d{{3}})+(?:[.,]\\d*)?",
    "grouping_apostrophes": f"{_SIGN}\\d{{1,3}}(?:'\\d{{3}})+(?:[.,]\\d*)?",
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
        f"{{'text': {_stripped(cell_of(layout, column), column)}, 'is_whole': {column.value_type is int}}}"
        for column in numeric
    )
    # A record of another shape, such as a footer, does not say how the others are written.
    shape = f"len(fields) {'>=' if layout.takes_more else '='} {layout.n_fields}"
    return f"""
        WITH cells AS (
            SELECT unnest([{cells}], recursive := true)
            FROM work.record_fields WHERE {shape}
        )
        SELECT {counted_evidence("1")} FROM cells WHERE NOT regexp_full_match(text, '[0-9]*')"""


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


def number_text(text: str, column: Column, dialect: Dialect) -> str:
    """Return the expression for a number's text as SQL reads it: no signs of currency, no groups, a decimal point.

    A number that means a missing value is null, however it is written: ``9,999`` as ``9999``.
    """
    if not _is_number(column):
        return text
    stripped = _stripped(text, column)
    number = plain_number(stripped, dialect)
    unclear = _unclear(column, dialect)
    if unclear is not None:
        number = f"CASE WHEN regexp_full_match({stripped}, {quote_text(unclear)}) THEN {_NO_NUMBER} ELSE {number} END"
    sentinels = [_as_number(sentinel) for sentinel in column.settings.sentinels]
    missing = ", ".join(str(sentinel) for sentinel in sentinels if sentinel is not None)
    return f"CASE WHEN TRY_CAST({number} AS DOUBLE) IN ({missing}) THEN NULL ELSE {number} END" if missing else number


def plain_number(text: str, dialect: Dialect) -> str:
    """Return the expression for a number's text without groups and with a decimal point."""
    if dialect.decimal == "." and dialect.thousands is None:
        return text
    group = _class(dialect.thousands) if dialect.thousands else None
    whole = f"(?:\\d{{1,3}}(?:{group}\\d{{3}})+|\\d*)" if group else "\\d*"
    pattern = f"{_SIGN}{whole}(?:{_class(dialect.decimal)}\\d*)?(?:[eE][+-]?\\d+)?"
    plain = text
    if group:
        plain = f"regexp_replace({plain}, {quote_text(group)}, '', 'g')"
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
    mark = dialect.unclear
    if mark is None or mark == dialect.thousands or (mark == "," and column.value_type is float):
        return None
    return _unclear_pattern(mark, is_whole=column.value_type is int)


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


def _stripped(text: str, column: Column) -> str:
    """Return the expression for a text without the declared signs at either end, after a plus or minus too."""
    if not column.settings.strip:
        return text
    signs = "|".join(pattern_of(sign.strip()) for sign in sorted(column.settings.strip, key=len, reverse=True))
    pattern = f"(?i)^\\s*([+-]?)\\s*(?:{signs})?\\s*(.*?)\\s*(?:{signs})?\\s*$"
    return f"regexp_replace({text}, {quote_text(pattern)}, '\\1\\2')"


def _class(mark: str) -> str:
    """Return the pattern for a mark; a space is any kind of space."""
    return "[ \\x{a0}\\x{202f}]" if mark == " " else pattern_of(mark)
