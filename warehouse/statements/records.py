"""From lines to records: how a dialect is read, and where a layout finds each declared column."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.dataset import Column
from schemas.dialect import QUOTE_FAULTS, UNIT_SEPARATOR, Dialect, LineState
from schemas.fields import Role
from schemas.layout import Layout
from schemas.spreadsheet import FORMULA
from warehouse.statements.quoting import pattern_of, quote_identifier, quote_text

#: A list in brackets, as Python and JSON write it; what stands around it; one thing of it, and the quotes around that.
_IN_BRACKETS = r"\[.*\]|\(.*\)|\{.*\}"
_BRACKETS = r"^[\[({]\s*|\s*[\])}]$"
_THING = r"\s*(?:\"[^\"]*\"|'[^']*')\s*(?::[^{0}]*)?(?:{0}|$)|[^{0}]+"
_THING_QUOTES = r"^[\"'](.*?)[\"']\s*(?::.*)?$"

#: What is taken off the ends of every text: all white space, and marks that nobody sees.
_UNSEEN = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u2060\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200E))
)

#: Styles of a list that spills into other fields; see ``_style``.
SPACED, SHIFTED, MIXED, UNSPACED, LED = 1, 2, 3, 4, 5

#: Things up to which a list keeps its order while its repetitions are taken out, which takes the square of them.
_ORDERED_THINGS = 1_000

#: Share of the lists that makes a style the file's own.
_MOST = 0.9

#: Lines within a record of two columns that are records if all of them look it; of many, some may hold longer lists.
_SEVERAL_LINES, _MANY_LINES = 3, 5


@dataclass(frozen=True)
class RecordRange:
    """The keys of a source's records: those of its first and last line."""

    first: int
    last: int


def select_unquiet_lines(dialect: Dialect, lines: RecordRange) -> str:
    """Return the query for the lines whose quotes do not close: one row a line, record and state."""
    patterns = _Patterns(dialect)
    return f"""
        SELECT
            record,
            CASE WHEN {_matches(patterns.open_line, dialect)} THEN {LineState.OPEN:d}
                ELSE {LineState.BROKEN:d} END AS state
        FROM work.lines
        WHERE {_with_quote(dialect, lines)} AND NOT {_matches(patterns.complete_line, dialect)}
        ORDER BY record"""


def select_lines_within(dialect: Dialect, lines: RecordRange) -> str:
    """Return the query for the lines that may close a quote: one row a line with a quote.

    ``state`` is that of the line if a quote is open where it begins.
    """
    patterns = _Patterns(dialect)
    return f"""
        SELECT
            record,
            CASE WHEN {_matches(patterns.closing_line, dialect)} THEN {LineState.COMPLETE:d}
                WHEN {_matches(patterns.still_open_line, dialect)} THEN {LineState.OPEN:d}
                ELSE {LineState.BROKEN:d} END AS state
        FROM work.lines
        WHERE {_with_quote(dialect, lines, is_comment_too=True)}
        ORDER BY record"""


def select_whole_lines(dialect: Dialect, n_fields: int) -> str:
    """Return the query for the lines inside the records of ``_joined`` that look like records: one row a line."""
    complete = _matches(_Patterns(dialect).complete_line, dialect) if dialect.quote else "true"
    return f"""
        SELECT record
        FROM (SELECT unnest(range(first_record + 1, last_record)) AS record FROM _joined)
        INNER JOIN (SELECT record, line AS raw, line FROM work.lines) USING (record)
        WHERE len({_split(dialect)}) >= {n_fields} AND {complete}
        ORDER BY record"""


def select_agreeing_lines(dialect: Dialect, n_fields: int) -> str:
    """Return the query for the lines inside the records of ``_joined`` that all look like records: one row a line.

    Where a line of a text may have all the fields that a record has, one alone says nothing. Several
    do that have exactly these fields and no other line beside them; of many lines, a list may spill.
    """
    complete = _matches(_Patterns(dialect).complete_line, dialect) if dialect.quote else "true"
    return f"""
        SELECT record
        FROM (
            SELECT record, first_record, CASE WHEN {complete} THEN len({_split(dialect)}) ELSE 0 END AS found
            FROM (SELECT first_record, unnest(range(first_record + 1, last_record)) AS record FROM _joined)
            INNER JOIN (SELECT record, line AS raw, line FROM work.lines WHERE trim(line) <> '') USING (record)
        )
        WINDOW of_record AS (PARTITION BY first_record)
        QUALIFY
            count(*) OVER of_record >= {_SEVERAL_LINES} AND min(found) OVER of_record = {n_fields}
            AND (max(found) OVER of_record = {n_fields} OR count(*) OVER of_record > {_MANY_LINES})
        ORDER BY record"""


def create_plain_frames(dialect: Dialect, lines: RecordRange) -> str:
    """Return the view ``work.framed`` of a source without quotes: one row a record, which is a line."""
    return f"""
        CREATE OR REPLACE VIEW work.framed AS
        SELECT record, record AS last_record, line AS raw, NULL::VARCHAR AS broken
        FROM work.lines
        WHERE {_is_record_line(dialect, lines)}"""


def create_quoted_frames(dialect: Dialect, lines: RecordRange, max_lines: int) -> str:
    """Return the table ``work.framed`` of a source with quotes: one row a record, of one or more lines.

    ``_joined`` gives the first and last lines of the records of several, ``_broken`` the lines whose
    quotes make no sense.
    """
    return f"""
        CREATE OR REPLACE TABLE work.framed AS
        WITH members AS (
            SELECT unnest(range(first_record, last_record + 1)) AS record, first_record FROM _joined
        )
        SELECT
            lines.record, lines.record AS last_record, lines.line AS raw, {_in_words(lines, max_lines)} AS broken
        FROM work.lines
        LEFT JOIN _broken ON lines.record = _broken.record
        WHERE {_is_record_line(dialect, lines)} AND lines.record NOT IN (SELECT record FROM members)
        UNION ALL
        SELECT
            members.first_record, max(lines.record), string_agg(lines.line, chr(10) ORDER BY lines.record), NULL
        FROM members INNER JOIN work.lines ON members.record = lines.record
        GROUP BY members.first_record"""


def select_records(layout: Layout, columns: Sequence[Column], first_record: int) -> str:
    """Return the query that splits ``work.framed``: one row a record, with the fault of its shape.

    Every declared column becomes a text without blanks around it (null where empty), an items
    column a list without blanks, empties and repetitions.

    Args:
        layout: where the columns stand in this source.
        columns: the declared columns, and those that are kept although nobody declared them.
        first_record: key of the first line of the source.
    """
    outputs = ",\n            ".join(
        f"{cell_of(layout, column)} AS {quote_identifier(column.name)}" for column in columns
    )
    fields = _mended(layout, columns)
    return f"""
        WITH split AS (
            SELECT record, raw, broken, {_delivered(layout)} AS _delivered FROM work.framed
            {_from_first_line(layout, first_record)}
        ), mended AS (
            SELECT record, raw, broken, {fields} AS _fields FROM split
        )
        SELECT
            record AS _record,
            {_fault(layout, columns, first_record)} AS _fault,
            len(_fields) AS _n_fields,
            {_found(layout)} AS _found,
            broken AS _broken,
            {_first_item(layout, columns)} AS _first_item,
            {_style(layout, columns)} AS _style,
            {outputs}
        FROM mended"""


def select_has_unseen(dialect: Dialect, lines: RecordRange) -> str:
    """Return the query for whether white space other than blanks, or unseen marks, stand in a source: one boolean."""
    between = dialect.delimiter if dialect.quote is None else ""  # within quotes it may stand around a value too
    unseen = "".join(mark for mark in _UNSEEN if mark not in f" {between}")
    within = f"record BETWEEN {lines.first} AND {lines.last}"
    several = f"EXISTS (SELECT 1 FROM work.framed WHERE {within} AND last_record > record)"
    return f"""
        SELECT {several} OR EXISTS (
            SELECT 1 FROM work.lines WHERE {within} AND regexp_matches(line, {quote_text(f"[{unseen}]")})
        )"""


def select_closed(layout: Layout, lines: RecordRange, n_records: int) -> str:
    """Return the query for how many of the first records have a delimiter behind their last field: one row."""
    first = lines.first + layout.first_line - 1
    return f"""
        SELECT count(*) AS records, count(*) FILTER (WHERE {_is_closed(layout)}) AS closed
        FROM (
            SELECT {_split(layout.dialect)} AS _split FROM work.framed
            WHERE record BETWEEN {first} AND {first + n_records - 1}
        )"""


def select_bracketed(layout: Layout, columns: Sequence[Column], lines: RecordRange) -> str:
    """Return the query for the items columns of ``work.framed`` whose lists stand in brackets: one row, each a boolean.

    Args:
        layout: where the columns stand in this source.
        columns: items columns that the source holds, one at least.
        lines: the keys of its lines.
    """
    texts = {column.name: f"trim({_list_whole(layout, column)})" for column in columns}
    shares = ", ".join(
        f"count(*) FILTER (WHERE regexp_full_match({text}, {quote_text(_IN_BRACKETS)}, 's'))"
        f" > {_MOST} * count(*) FILTER (WHERE {text} <> '') AS {quote_identifier(name)}"
        for name, text in texts.items()
    )
    records = f"{mended_fields(layout, columns)} {_from_first_line(layout, lines.first)}"
    return f"SELECT {shares} FROM ({records})"


def select_undecidable(layout: Layout, columns: Sequence[Column], lines: RecordRange) -> str | None:
    """Return the query for the records whose first item may belong to the text before the list: one row a record.

    ``Portland, Oregon,apples`` where other rows are from Oregon, and Oregon is nothing that anybody
    else bought; or where all other lists have a blank behind each comma, or behind none; ``12,50,apples``
    where 50 is nothing that anybody else bought. None where neither a text nor a number stands before the list.
    """
    before = column_before_list(layout, columns)
    if before is None or layout.list_column is None:
        return None
    place, items = quote_identifier(before.name), quote_identifier(layout.list_column)
    is_number = before.value_type in (int, float)
    whole = f"{place} || '{',' if is_number else ', '}' || _first_item"
    # Texts may be long and all different; 64 bits of each tell them apart in little memory.
    known, first_item = f"hash(lower({place}))", "hash(lower(_first_item))"
    may_be_part = (
        f"regexp_full_match(_first_item, '[0-9]+') AND regexp_matches({place}, '[0-9]$')"
        if is_number
        else f"{first_item} IN (SELECT place FROM places)"
    )
    own = f"_record BETWEEN {lines.first} AND {lines.last} AND _fault IS NULL"
    return f"""
        WITH places AS (
            SELECT DISTINCT {known} AS place FROM work.records
            WHERE _fault IS NULL AND {place} IS NOT NULL
        ), styles AS (
            SELECT
                greatest(count_if(_style = {SPACED}), count_if(_style = {UNSPACED}))
                    >= {_MOST} * count_if(_style <> {SHIFTED}) AS is_one
            FROM work.records WHERE {own}
        ), suspects AS (
            SELECT
                _record,
                {first_item} AS first_item,
                {whole} AS value,
                _style IN ({SHIFTED}, {LED}) AND (SELECT is_one FROM styles) AS is_shifted,
                hash(lower({whole})) IN (SELECT place FROM places) AS is_known
            FROM work.records
            WHERE {own} AND _first_item IS NOT NULL AND (
                is_shifted OR is_known OR {may_be_part}
            )
        ), bought AS (
            SELECT DISTINCT hash(lower(item)) AS item
            FROM (
                SELECT unnest(CASE WHEN _first_item IS NULL THEN {items} ELSE {items}[2:] END) AS item
                FROM work.records
                WHERE _fault IS NULL AND EXISTS (SELECT 1 FROM suspects)
            )
        )
        SELECT _record AS record, value FROM suspects
        WHERE is_shifted OR is_known OR first_item NOT IN (SELECT item FROM bought)
        ORDER BY record"""


def select_field_lists(dialect: Dialect) -> str:
    """Return the query for the fields of ``work.framed``, unquoted: one row a record."""
    return f"""
        SELECT record, broken, list_transform(_fields, lambda f: {_unquoted("f", dialect)}) AS fields,
            len(list_filter(_fields, lambda f: {_is_broken("f", dialect)})) > 0 AS is_broken
        FROM (SELECT record, broken, {_split(dialect)} AS _fields FROM work.framed) ORDER BY record"""


def mended_fields(layout: Layout, columns: Sequence[Column]) -> str:
    """Return the query for the fields of ``work.framed``, quotes and all: one row a record, ``_fields``."""
    return f"""
        SELECT {_mended(layout, columns)} AS _fields
        FROM (SELECT record, {_delivered(layout)} AS _delivered FROM work.framed)"""


def lists_to_separate(layout: Layout, columns: Sequence[Column]) -> list[Column]:
    """Return the items columns of a source whose schema does not say what stands between the items."""
    return [
        column
        for column in columns
        if column.role is Role.ITEMS and column.name in layout.positions and column.settings.separator is None
    ]


def select_separators(
    layout: Layout, columns: Sequence[Column], marks: Sequence[str], lines: RecordRange, n_records: int
) -> str:
    """Return the query for the marks that may stand between the things of a list: one row a mark that stands in any.

    ``lists`` counts the lists that hold something, ``marked`` those of them with the mark, ``parts`` what the mark
    makes of these, and ``known`` those parts that stand in another list too. Runs over the first records.
    """
    lists = ", ".join(_list_whole(layout, column) for column in lists_to_separate(layout, columns))
    first = lines.first + layout.first_line - 1
    return f"""
        WITH lists AS (
            SELECT row_number() OVER () AS number, unnest([{lists}]) AS text
            FROM ({mended_fields(layout, columns)} WHERE record BETWEEN {first} AND {first + n_records - 1})
        ), plain AS (
            SELECT number, regexp_replace(text, '&#?[a-zA-Z0-9]+;', '', 'g') AS text FROM lists WHERE trim(text) <> ''
        ), parts AS (
            SELECT marks.mark, number, contains(text, marks.mark) AS is_marked,
                lower(trim(unnest(string_split(text, marks.mark)))) AS part
            FROM plain, (SELECT unnest([{", ".join(map(quote_text, marks))}]) AS mark) AS marks
        ), owners AS (
            SELECT mark, part, count(DISTINCT number) AS n FROM parts GROUP BY mark, part
        )
        SELECT
            parts.mark,
            (SELECT count(*) FROM plain) AS lists,
            count(DISTINCT number) AS marked,
            count(*) AS parts,
            count(*) FILTER (WHERE owners.n > 1) AS known
        FROM parts INNER JOIN owners ON parts.mark = owners.mark AND parts.part = owners.part
        WHERE is_marked AND parts.part <> ''
        GROUP BY parts.mark"""


def _in_words(lines: RecordRange, max_lines: int) -> str:
    """Return the expression for what is wrong with the quotes of a line of ``_broken``; null where nothing is."""
    cases = " ".join(
        f"WHEN {fault:d} THEN {quote_text(words.replace('{max_lines}', str(max_lines)))}"
        for fault, words in QUOTE_FAULTS.items()
    )
    closing_line = f"(_broken.closing_record - {lines.first - 1})::VARCHAR"
    return f"replace(CASE _broken.fault {cases} END, '{{line}}', {closing_line})"


class _Patterns:
    """The regular expressions of a dialect with quotes, for whole lines."""

    def __init__(self, dialect: Dialect) -> None:
        quote, mark = pattern_of(dialect.quote or '"'), pattern_of(dialect.delimiter_character)
        blank = _blanks(dialect)
        content = _content(dialect)
        quoted = _quoted(dialect)
        first = f"[^{quote}{mark} ]" if dialect.delimiter != " " else f"[^{quote}{mark}]"
        plain = f"(?:{blank}{first}[^{mark}]*|{blank})"
        field = f"(?:{quoted}|{plain})"
        begun = f"{blank}{quote}{content}"
        self.complete_line = f"{field}(?:{mark}{field})*"
        self.open_line = f"(?:{field}{mark})*{begun}"
        self.closing_line = f"{content}{quote}{blank}(?:{mark}{field})*"
        self.still_open_line = f"{content}|{content}{quote}{blank}{mark}(?:{field}{mark})*{begun}"


def _quoted(dialect: Dialect) -> str:
    """Return the pattern of a whole field in quotes."""
    quote, blanks = pattern_of(dialect.quote or '"'), _blanks(dialect)
    return f"{blanks}{quote}{_content(dialect)}{quote}{blanks}"


def _blanks(dialect: Dialect) -> str:
    """Return the pattern of what may stand around quotes: blanks, unless they are the delimiter."""
    return "" if dialect.delimiter == " " else " *"


def _content(dialect: Dialect) -> str:
    """Return the pattern of what may stand between quotes: no single quote, or one that is escaped."""
    quote = pattern_of(dialect.quote or '"')
    if dialect.escape is None or dialect.escape == dialect.quote:
        return f"(?:[^{quote}]|{quote}{quote})*"
    escape = pattern_of(dialect.escape)
    return f"(?:[^{quote}{escape}]|{escape}(?:.|\\n)|{quote}{quote})*"


def _one_mark(text: str, dialect: Dialect) -> str:
    if len(dialect.delimiter) == 1:
        return text
    return f"replace({text}, {quote_text(dialect.delimiter)}, chr({ord(UNIT_SEPARATOR)}))"


def _matches(pattern: str, dialect: Dialect) -> str:
    return f"regexp_full_match({_one_mark('line', dialect)}, {quote_text(pattern)}, 's')"


def _with_quote(dialect: Dialect, lines: RecordRange, *, is_comment_too: bool = False) -> str:
    """Return the condition for the lines of a source that hold a quote."""
    condition = f"record BETWEEN {lines.first} AND {lines.last} AND contains(line, {quote_text(dialect.quote or '')})"
    if dialect.comment and not is_comment_too:
        condition += f" AND NOT starts_with(line, {quote_text(dialect.comment)})"
    return condition


def _is_record_line(dialect: Dialect, lines: RecordRange) -> str:
    comment = f" AND NOT starts_with(line, {quote_text(dialect.comment)})" if dialect.comment else ""
    return f"lines.record BETWEEN {lines.first} AND {lines.last} AND trim(line) <> ''{comment}"


def _split(dialect: Dialect) -> str:
    """Return the expression for the fields of ``raw``; only a record with a quote pays for quoting."""
    if dialect.quote is None:
        return f"string_split(raw, {quote_text(dialect.delimiter)})"
    mark, raw = pattern_of(dialect.delimiter_character), _one_mark("raw", dialect)
    pattern = quote_text(f"(?s)({_quoted(dialect)}|[^{mark}]*){mark}")
    quoted = f"regexp_extract_all({raw} || chr({ord(dialect.delimiter_character)}), {pattern}, 1)"
    if len(dialect.delimiter) > 1:
        back = f"replace(f, chr({ord(UNIT_SEPARATOR)}), {quote_text(dialect.delimiter)})"
        quoted = f"list_transform({quoted}, lambda f: {back})"
    return (
        f"CASE WHEN contains(raw, {quote_text(dialect.quote)}) THEN {quoted} "
        f"ELSE string_split(raw, {quote_text(dialect.delimiter)}) END"
    )


def _delivered(layout: Layout) -> str:
    """Return the expression for the fields of ``raw``, without the empty one behind a delimiter at the end."""
    split = _split(layout.dialect)
    if not layout.closes_records:
        return split
    return (
        f"list_transform([{split}], lambda _split: CASE WHEN {_is_closed(layout)} THEN _split[:-2] ELSE _split END)[1]"
    )


def _is_closed(layout: Layout) -> str:
    return f"len(_split) = {layout.n_fields + 1} AND trim(_split[-1]) = ''"


def _unquoted(field: str, dialect: Dialect) -> str:
    if dialect.quote is None:
        return field
    quote = quote_text(dialect.quote)
    inner = f"trim({field})[2:-2]"
    if dialect.escape and dialect.escape != dialect.quote:
        inner = f"regexp_replace({inner}, {quote_text(pattern_of(dialect.escape) + '(.)')}, '\\1', 'gs')"
    inner = f"replace({inner}, {quote} || {quote}, {quote})"
    return f"CASE WHEN starts_with(trim({field}), {quote}) AND len(trim({field})) > 1 THEN {inner} ELSE {field} END"


def _is_broken(field: str, dialect: Dialect) -> str:
    """Return the condition for a field that opens a quote and does not close it, or closes one that is not open."""
    if dialect.quote is None:
        return "false"
    quote = quote_text(dialect.quote)
    ends = f"(starts_with(trim({field}), {quote}) OR ends_with(trim({field}), {quote}))"
    whole = f"regexp_full_match({field}, {quote_text(_quoted(dialect))}, 's')"
    return f"contains({field}, {quote}) AND {ends} AND NOT {whole}"


def _from_first_line(layout: Layout, first_record: int) -> str:
    """Return the condition that leaves the header out, and nothing else."""
    if layout.header_line == 0:
        return ""
    return (
        f"WHERE record NOT BETWEEN {first_record + layout.header_line - 1} AND {first_record + layout.first_line - 2}"
    )


def _mended(layout: Layout, columns: Sequence[Column]) -> str:
    """Return the expression for the fields, with a comma inside an allowed value taken as part of it.

    ``Portland, Oregon`` without quotes is two fields; where the schema lists the allowed values it
    is known to be one.
    """
    cases = []
    for column in columns:
        if column.name not in layout.positions or not _index(layout, layout.positions[column.name]).isdecimal():
            continue
        place = layout.positions[column.name] + 1
        for value in column.allowed_texts:
            extra = value.count(layout.dialect.delimiter)
            if extra:
                cases.append(_joined_case(layout, place, extra, value))
    return f"CASE {' '.join(cases)} ELSE _delivered END" if cases else "_delivered"


def _joined_case(layout: Layout, place: int, extra: int, value: str) -> str:
    delimiter = layout.dialect.delimiter
    parts = f"list_transform(_delivered[{place}:{place + extra}], lambda f: lower(trim(f)))"
    wanted = ", ".join(quote_text(part.strip().lower()) for part in value.split(delimiter))
    length = "" if layout.list_column else f" AND len(_delivered) = {layout.n_fields + extra}"
    mended = f"_delivered[:{place - 1}] || [{quote_text(value)}] || _delivered[{place + extra + 1}:]"
    return f"WHEN len(_delivered) >= {layout.n_fields + extra}{length} AND {parts} = [{wanted}] THEN {mended}"


def _fault(layout: Layout, columns: Sequence[Column], first_record: int) -> str:
    """Return the expression for the code of what is wrong with a record's shape; null where nothing is."""
    broken = f"len(list_filter(_fields, lambda f: {_is_broken('f', layout.dialect)})) > 0"
    is_more = f"len(_fields) > {layout.n_fields}"
    cases = [("broken IS NOT NULL", "broken_quote")]
    if layout.header_line:
        cases.append((f"record < {first_record + layout.header_line - 1}", "before_header"))
        cases.append((_is_header(layout), "header_again"))
    if layout.dialect.quote:
        cases.append((f"contains(raw, {quote_text(layout.dialect.quote)}) AND {broken}", "broken_quote"))
    cases.append((f"{_is_empty(layout)}", "empty_row"))
    cases.append((f"len(_fields) < {layout.n_fields}", "too_few_fields"))
    if layout.takes_more:
        is_shifted = _is_shifted(layout, columns)
        cases += [(f"{is_more} AND {is_shifted}", "undecidable_comma")] if is_shifted else []
        if _after(layout, layout.positions[layout.list_column or ""]):
            # The list and the record both end empty: delimiters too many, and nobody knows where.
            ends_empty = f"trim(_fields[-1]) = '' AND trim(({_list_fields(layout)})[-1]) = ''"
            cases.append((f"{is_more} AND {ends_empty}", "empty_end"))
    else:
        cases.append((is_more, "too_many_fields"))
    if layout.wide_column:
        cases.append((f"{_wide_fault(layout)} IS NOT NULL", "not_zero_or_one"))
    if layout.rejects_undeclared:
        cases.append((f"{_undeclared_value(layout)} IS NOT NULL", "undeclared_value"))
    return "CASE " + " ".join(f"WHEN {condition} THEN '{code}'" for condition, code in cases) + " END"


def _is_empty(layout: Layout) -> str:
    """Return the condition for a record of nothing but delimiters, blanks and quotes."""
    marks = "".join(pattern_of(mark) for mark in f"{layout.dialect.delimiter}{layout.dialect.quote or ''}")
    return f"regexp_full_match(raw, {quote_text(f'[{_UNSEEN}{marks}]*')})"


def _is_header(layout: Layout) -> str:
    """Return the condition for a record that repeats the header; its first field is looked at first."""
    cells = f"list_transform(_fields, lambda f: lower({trimmed(_unquoted('f', layout.dialect), layout)}))"
    names = ", ".join(quote_text(name.lower()) for name in layout.header)
    first = f"lower({trimmed(_unquoted('_fields[1]', layout.dialect), layout)})"
    rest = f"len(list_filter({cells}[{layout.n_fields + 1}:], lambda c: c <> ''))"
    return (
        f"{first} = {quote_text(layout.header[0].lower())} AND {cells}[:{layout.n_fields}] = [{names}] AND {rest} = 0"
    )


def _found(layout: Layout) -> str:
    """Return the expression for what is at fault, where it is a part of the record."""
    products = [_wide_fault(layout)] if layout.wide_column else []
    others = [_undeclared_value(layout)] if layout.rejects_undeclared else []
    return f"coalesce({', '.join([*products, *others, 'NULL::VARCHAR'])})"


def _is_shifted(layout: Layout, columns: Sequence[Column]) -> str | None:
    """Return the condition for a comma that can only belong to the text before the list; None where there is none.

    A list in quotes does not spill into other fields: what stands before it without quotes is no part of it.
    """
    if column_before_list(layout, columns) is None or not layout.dialect.quote:
        return None
    quote, separator = quote_text(layout.dialect.quote), quote_text(layout.dialect.item_separator)
    items = _list_fields(layout)
    is_plain = f"NOT starts_with(trim(({items})[1]), {quote})"
    is_list = f"starts_with(trim(f), {quote}) AND ({is_plain} OR contains(f, {separator}))"
    return f"len(list_filter(({items})[2:], lambda f: {is_list})) > 0"


def _style(layout: Layout, columns: Sequence[Column]) -> str:
    """Return the expression for how the commas of a list are written that spills into other fields.

    ``SPACED`` is ``Ohio,apples, juice``, ``UNSPACED`` is ``Ohio,apples,juice``, ``SHIFTED`` is
    ``Portland, Oregon,apples``, ``LED`` is ``Portland, Oregon, apples``.
    """
    if column_before_list(layout, columns) is None:
        return "NULL::TINYINT"
    items = _list_fields(layout)
    first, later = f"({items})[1]", f"({items})[2:]"
    before = f"_fields[{layout.positions[layout.list_column or '']}]"
    # Nothing but its own element may stand in a lambda: a list in it is copied for each of its elements.
    filled = f"len(list_filter({later}, lambda f: f NOT LIKE ' %' AND trim(f) <> ''))"
    unspaced = f"CASE WHEN len({later}) = 1 THEN ({later}[1] NOT LIKE ' %')::INT ELSE {filled} END"
    spaced = f"len(list_filter({later}, lambda f: f LIKE ' %'))"
    return f"""CASE WHEN len(_fields) <= {layout.n_fields} THEN NULL
            WHEN {first} LIKE ' %' AND {before} NOT LIKE ' %' AND {unspaced} > 0 THEN {SHIFTED}
            WHEN {first} LIKE ' %' AND {before} NOT LIKE ' %' THEN {LED}
            WHEN {first} NOT LIKE ' %' AND {unspaced} = 0 THEN {SPACED}
            WHEN {first} NOT LIKE ' %' AND {spaced} = 0 THEN {UNSPACED} ELSE {MIXED} END::TINYINT"""


def column_before_list(layout: Layout, columns: Sequence[Column]) -> Column | None:
    """Return the column of free text or numbers before the list, if there is one: a comma in it may be of the list."""
    if not layout.takes_more or layout.list_column is None:
        return None
    before = layout.positions[layout.list_column] - 1
    for column in columns:
        if layout.positions.get(column.name) == before:
            is_text = column.value_type is str and column.role in (Role.CATEGORY, Role.IGNORED, Role.IDENTIFIER)
            is_number = column.role is Role.NUMERIC
            return column if is_number or (is_text and not column.allowed_texts) else None
    return None


def _first_item(layout: Layout, columns: Sequence[Column]) -> str:
    """Return the expression for the first item of a list that spills into other fields, where it may be no item."""
    if column_before_list(layout, columns) is None:
        return "NULL::VARCHAR"
    return f"CASE WHEN len(_fields) > {layout.n_fields} THEN nullif(trim(({_list_fields(layout)})[1]), '') END"


def cell_of(layout: Layout, column: Column) -> str:
    """Return the expression for a column's cell among ``_fields``: a text, null where it is empty, or a list."""
    if column.name == layout.wide_column:
        return _wide_items(layout)
    if column.name not in layout.positions:
        return "NULL::VARCHAR[]" if column.role is Role.ITEMS else "NULL::VARCHAR"
    place = layout.positions[column.name]
    if column.role is Role.ITEMS:
        return _list_items(layout, column)
    return f"nullif({trimmed(_whole(f'_fields[{_index(layout, place)}]', layout), layout)}, '')"


def trimmed(text: str, layout: Layout) -> str:
    """Return the expression for a text without white space and unseen marks around it."""
    # Blanks alone take a third of the time, and nearly all files have no other.
    return f"trim({text}, {quote_text(_UNSEEN)})" if layout.has_unseen else f"trim({text})"


def first_of_each(items: str, condition: str = "true") -> str:
    """Return the expression for a list without repetitions, in its own order; sorted where it is very long.

    Args:
        items: the list.
        condition: what holds for the things that stay, of ``x``.
    """
    # The list is bound to a name, or it would be made anew for each of its items.
    few = f"list_filter(l, lambda x, i: {condition} AND list_position(l, x) = i)"
    many = f"list_sort(list_distinct(list_filter(l, lambda x: {condition})))"
    return f"list_transform([{items}], lambda l: CASE WHEN len(l) <= {_ORDERED_THINGS} THEN {few} ELSE {many} END)[1]"


def _whole(field: str, layout: Layout) -> str:
    """Return the expression for a field without its quotes, and without the mark that keeps it from being a formula."""
    unquoted = _unquoted(field, layout.dialect)
    if not layout.is_repair:
        return unquoted
    marked = quote_text(f"^'({FORMULA})")
    return f"regexp_replace({unquoted}, {marked}, '\\1')"


def _after(layout: Layout, place: int) -> int:
    return layout.n_fields - 1 - place


def _index(layout: Layout, place: int) -> str:
    """Return the expression for the number of a field, from 1: behind a list it is counted from the end."""
    is_behind_list = layout.list_column is not None and place > layout.positions[layout.list_column]
    return f"len(_fields) - {_after(layout, place)}" if is_behind_list else str(place + 1)


def _list_fields(layout: Layout) -> str:
    place = layout.positions[layout.list_column or ""]
    return f"_fields[{place + 1}:len(_fields) - {_after(layout, place)}]"


def _fields_of(layout: Layout, column: Column) -> str:
    """Return the expression for the fields that an items column takes: one, or all that its list spills into."""
    if column.name == layout.list_column:
        return _list_fields(layout)
    place = layout.positions[column.name]
    return f"_fields[{place + 1}:{place + 1}]"


def _list_whole(layout: Layout, column: Column) -> str:
    """Return the expression for all that stands in a list without quotes around its fields."""
    fields = f"list_transform({_fields_of(layout, column)}, lambda f: {_whole('f', layout)})"
    return f"array_to_string({fields}, {quote_text(layout.dialect.delimiter)})"


def _list_items(layout: Layout, column: Column) -> str:
    separator = column.settings.separator or layout.dialect.item_separator
    fields = _fields_of(layout, column)
    if column.name in layout.bracketed:
        things = _things_in_brackets(layout, column, separator)
    else:
        things = f"string_split({_whole(f'({fields})[1]', layout)}, {quote_text(separator)})"
    if column.name == layout.list_column and layout.takes_more and column.name not in layout.bracketed:
        # What stands between the fields separates the things, so a comma within one is a part of it.
        spilled = f"list_transform({fields}, lambda f: {_whole('f', layout)})"
        things = f"CASE WHEN len(_fields) > {layout.n_fields} THEN {spilled} ELSE {things} END"
    return first_of_each(f"list_transform({things}, lambda f: {trimmed('f', layout)})", "x <> ''")


def _things_in_brackets(layout: Layout, column: Column, separator: str) -> str:
    """Return the expression for the things of a list such as ``['tea', 'red wine']``; of pairs the first of each."""
    inner = f"regexp_replace(trim({_list_whole(layout, column)}), {quote_text(_BRACKETS)}, '', 'gs')"
    mark = pattern_of(separator)
    parts = f"regexp_extract_all({inner}, {quote_text(_THING.format(mark))})"
    plain = f"trim(regexp_replace(x, {quote_text(f'{mark}$')}, ''))"
    return f"list_transform({parts}, lambda x: regexp_replace({plain}, {quote_text(_THING_QUOTES)}, '\\1', 's'))"


def _wide_items(layout: Layout) -> str:
    bought = f"list_filter({_zipped(layout, layout.item_positions)}, lambda z: trim(z[1]) = '1')"
    return f"list_transform({bought}, lambda z: z[2])"


def _wide_fault(layout: Layout) -> str:
    """Return the expression for the first cell that is neither 0 nor 1, as 'item=cell'."""
    faults = f"list_filter({_zipped(layout, layout.item_positions)}, lambda z: trim(z[1]) NOT IN ('0', '1'))"
    return f"list_transform({faults}, lambda z: z[2] || '=' || trim(z[1]))[1]"


def _undeclared_value(layout: Layout) -> str:
    """Return the expression for the first cell that no column declares and that is not empty, as 'header=cell'."""
    filled = f"list_filter({_zipped(layout, layout.undeclared)}, lambda z: trim(z[1]) <> '')"
    return f"list_transform({filled}, lambda z: z[2] || '=' || trim(z[1]))[1]"


def _zipped(layout: Layout, named: Sequence[tuple[str, int]]) -> str:
    places = ", ".join(_index(layout, place) for _, place in named)
    names = ", ".join(quote_text(name) for name, _ in named)
    cells = f"list_transform(list_select(_fields, [{places}]), lambda f: {_unquoted('f', layout.dialect)})"
    return f"list_zip({cells}, [{names}])"
