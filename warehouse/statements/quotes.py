"""SQL for quotes: which lines leave one open, which lines form one record, how a record is split into fields."""

from collections.abc import Iterable

from schemas.dialect import UNIT_SEPARATOR, Dialect, LineRange, LineState
from warehouse.statements.quoting import pattern_of, quote_text

#: The lines that are not part of a record of several lines.
_SINGLE_LINES = (
    "work.lines ANTI JOIN (SELECT unnest(range(record, last_record + 1)) AS record FROM work.raws) AS joined"
    " USING (record)"
)
_IS_BLANK = "trim(line) = ''"


def select_contained(texts: Iterable[str], lines: LineRange) -> str:
    """Return the query for whether each text is in any line, or in any record of several lines: a list in one row."""
    found = ", ".join(f"coalesce(bool_or(contains(line, {quote_text(text)})), false)" for text in texts)
    within = f"WHERE record BETWEEN {lines.first} AND {lines.last}"
    return f"""
        SELECT [{found}]
        FROM (SELECT line FROM work.lines {within} UNION ALL SELECT raw FROM work.raws {within})"""


def select_unbalanced_lines(dialect: Dialect, lines: LineRange) -> str:
    """Return the query for the lines whose quotes do not close: one row per line, record and state."""
    patterns = _LinePatterns(dialect)
    return f"""
        SELECT
            record,
            CASE WHEN {_matches(patterns.open_line, dialect)} THEN {LineState.OPEN:d}
                ELSE {LineState.BROKEN:d} END AS state
        FROM work.lines
        WHERE {_is_quoted(dialect, lines)} AND {_is_no_comment(dialect)}
            AND NOT {_matches(patterns.complete_line, dialect)}
        ORDER BY record"""


def select_closing_lines(dialect: Dialect, lines: LineRange) -> str:
    """Return the query for the lines that may close a quote: one row per line with a quote, comments too.

    ``state`` is that of the line if a quote is open where it begins.
    """
    patterns = _LinePatterns(dialect)
    return f"""
        SELECT
            record,
            CASE WHEN {_matches(patterns.closing_line, dialect)} THEN {LineState.COMPLETE:d}
                WHEN {_matches(patterns.still_open_line, dialect)} THEN {LineState.OPEN:d}
                ELSE {LineState.BROKEN:d} END AS state
        FROM work.lines
        WHERE {_is_quoted(dialect, lines)}
        ORDER BY record"""


def select_inner_lines(dialect: Dialect) -> str:
    """Return the query for the lines between the first and the last of the records of ``_spans``.

    One row per line that is not blank: its record's first line, and its fields (0 if its quotes do not close).
    """
    is_complete = _matches(_LinePatterns(dialect).complete_line, dialect)
    return f"""
        SELECT
            inner_lines.first_record,
            CASE WHEN {is_complete} THEN len({_split("line", dialect)}) ELSE 0 END AS n_fields
        FROM (
            SELECT first_record, unnest(range(first_record + 1, last_record)) AS record FROM _spans
        ) AS inner_lines
        INNER JOIN work.lines USING (record)
        WHERE trim(line) <> ''"""


def create_records(dialect: Dialect, lines: LineRange) -> str:
    """Return the view ``work.raw_records`` of one source: one row per record, which is a line or several.

    Blank lines and comments are not records. Those of several lines are in ``work.raws``, the lines whose quotes
    make no sense in ``work.broken_quotes``.
    """
    within = f"BETWEEN {lines.first} AND {lines.last}"
    return f"""
        CREATE OR REPLACE VIEW work.raw_records AS
        WITH records AS (
            SELECT lines.record, lines.line AS raw, broken_quotes.fault AS broken
            FROM {_SINGLE_LINES}
            LEFT JOIN work.broken_quotes USING (record)
            WHERE lines.record {within} AND NOT {_IS_BLANK} AND {_is_no_comment(dialect)}
            UNION ALL
            SELECT record, raw, NULL FROM work.raws WHERE record {within}
        )
        SELECT record, raw, broken, {_split("raw", dialect)} AS fields FROM records"""


def select_skipped(dialect: Dialect, lines: LineRange) -> str:
    """Return the query for how many lines of a source are no records: one row, blank_lines and comment_lines."""
    return f"""
        SELECT
            count(*) FILTER (WHERE {_IS_BLANK}) AS blank_lines,
            count(*) FILTER (WHERE NOT {_IS_BLANK} AND NOT {_is_no_comment(dialect)}) AS comment_lines
        FROM {_SINGLE_LINES} WHERE lines.record BETWEEN {lines.first} AND {lines.last}"""


def select_unquoted_fields(dialect: Dialect) -> str:
    """Return the query for the unquoted fields of ``work.raw_records``: one row per record."""
    return f"""
        SELECT record, broken, list_transform(fields, lambda f: {unquoted("f", dialect)}) AS fields,
            len(list_filter(fields, lambda f: {is_broken("f", dialect)})) > 0 AS is_broken
        FROM work.raw_records ORDER BY record"""


def unquoted(field: str, dialect: Dialect) -> str:
    """Return the expression for a field without the quotes around it, and without the escapes within."""
    if dialect.quote is None:
        return field
    quote = quote_text(dialect.quote)
    inner = f"trim({field})[2:-2]"
    if dialect.escape and dialect.escape != dialect.quote:
        escape, escaped = pattern_of(dialect.escape), pattern_of(dialect.quote) + pattern_of(dialect.escape)
        inner = f"regexp_replace({inner}, {quote_text(f'{escape}([{escaped}])')}, '\\1', 'g')"
    inner = f"replace({inner}, {quote} || {quote}, {quote})"
    return f"CASE WHEN starts_with(trim({field}), {quote}) AND len(trim({field})) > 1 THEN {inner} ELSE {field} END"


def is_broken(field: str, dialect: Dialect) -> str:
    """Return the condition for a field that opens a quote and does not close it, or closes one that is not open."""
    if dialect.quote is None:
        return "false"
    quote = quote_text(dialect.quote)
    ends = f"(starts_with(trim({field}), {quote}) OR ends_with(trim({field}), {quote}))"
    is_whole = f"regexp_full_match({field}, {quote_text(_quoted_field(dialect))}, 's')"
    return f"contains({field}, {quote}) AND {ends} AND NOT {is_whole}"


class _LinePatterns:
    """The regular expressions for whole lines of a dialect with quotes."""

    def __init__(self, dialect: Dialect) -> None:
        quote, delimiter = pattern_of(dialect.quote or '"'), pattern_of(dialect.delimiter_character)
        blanks, content = _blanks(dialect), _content(dialect)
        first = f"[^{quote}{delimiter} ]" if dialect.delimiter != " " else f"[^{quote}{delimiter}]"
        unquoted_field = f"(?:{blanks}{first}[^{delimiter}]*|{blanks})"
        field = f"(?:{_quoted_field(dialect)}|{unquoted_field})"
        opened = f"{blanks}{quote}{content}"
        self.complete_line = f"{field}(?:{delimiter}{field})*"
        self.open_line = f"(?:{field}{delimiter})*{opened}"
        self.closing_line = f"{content}{quote}{blanks}(?:{delimiter}{field})*"
        self.still_open_line = f"{content}|{content}{quote}{blanks}{delimiter}(?:{field}{delimiter})*{opened}"


def _quoted_field(dialect: Dialect) -> str:
    """Return the pattern of a whole field in quotes."""
    quote, blanks = pattern_of(dialect.quote or '"'), _blanks(dialect)
    return f"{blanks}{quote}{_content(dialect)}{quote}{blanks}"


def _blanks(dialect: Dialect) -> str:
    """Return the pattern of what may surround quotes: blanks, unless they are the delimiter."""
    return "" if dialect.delimiter == " " else " *"


def _content(dialect: Dialect) -> str:
    """Return the pattern of what may be within quotes: anything but a quote that is not doubled or escaped."""
    quote = pattern_of(dialect.quote or '"')
    if dialect.escape is None or dialect.escape == dialect.quote:
        return f"(?:[^{quote}]|{quote}{quote})*"
    escape = pattern_of(dialect.escape)
    return f"(?:[^{quote}{escape}]|{escape}(?:.|\\n)|{quote}{quote})*"


def _matches(pattern: str, dialect: Dialect) -> str:
    line = _with_one_character("line", dialect)
    return f"regexp_full_match({line}, {quote_text(pattern)}, 's')" if dialect.quote else "true"


def _with_one_character(text: str, dialect: Dialect) -> str:
    """Return the expression for a text whose delimiters are one character each: patterns exclude no longer ones."""
    if len(dialect.delimiter) == 1:
        return text
    return f"replace({text}, {quote_text(dialect.delimiter)}, chr({ord(UNIT_SEPARATOR)}))"


def _is_quoted(dialect: Dialect, lines: LineRange) -> str:
    return f"record BETWEEN {lines.first} AND {lines.last} AND contains(line, {quote_text(dialect.quote or '')})"


def _is_no_comment(dialect: Dialect) -> str:
    return f"NOT starts_with(line, {quote_text(dialect.comment)})" if dialect.comment else "true"


def _split(text: str, dialect: Dialect) -> str:
    """Return the expression for the fields of a record, quotes and all."""
    fields = f"string_split({text}, {quote_text(dialect.delimiter)})"
    if dialect.quote is None:
        return fields
    delimiter = pattern_of(dialect.delimiter_character)
    pattern = quote_text(f"(?s)({_quoted_field(dialect)}|[^{delimiter}]*){delimiter}")
    ended = f"{_with_one_character(text, dialect)} || chr({ord(dialect.delimiter_character)})"
    quoted = f"regexp_extract_all({ended}, {pattern}, 1)"
    if len(dialect.delimiter) > 1:
        restored = f"replace(f, chr({ord(UNIT_SEPARATOR)}), {quote_text(dialect.delimiter)})"
        quoted = f"list_transform({quoted}, lambda f: {restored})"
    # The pattern takes ten times as long as the split, and most records have no quote.
    return f"CASE WHEN contains({text}, {quote_text(dialect.quote)}) THEN {quoted} ELSE {fields} END"
