"""Draft a schema for a file that has none: read it, profile its columns, decide their kinds, write it, test it."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from schemas.dialect import NumberMarks
from schemas.errors import DataRefused
from schemas.file_settings import NOTHING_DECLARED, FileSettings
from schemas.shown import counted
from tasks.delivery.copying import copy_source
from tasks.delivery.sources import find_source
from tasks.draft.columns.amounts import amounts_of
from tasks.draft.columns.facts import Facts
from tasks.draft.columns.keys import has_no_gaps, refuse_lost_keys, refuse_orders, several_rows, with_key
from tasks.draft.columns.ranges import is_age
from tasks.draft.columns.sentinels import number_sentinels, unknown_places
from tasks.draft.columns.undeclared import split_declarable
from tasks.draft.file.number_marks import find_number_marks
from tasks.draft.file.opening import Opened, open_copy
from tasks.draft.python.declaring import DraftedColumn, declare_columns
from tasks.draft.python.names import class_name
from tasks.draft.python.rendering import DraftedSchema, render_schema
from tasks.draft.text.cell_types import PATTERNS, SIGNS
from tasks.draft.text.wording import between, several, shown
from tasks.draft.trial import try_out
from tasks.reading.source import find_records
from warehouse.connection import Connection
from warehouse.draft import (
    ColumnProfile,
    Profiles,
    add_sentinels,
    count_comments,
    count_widths,
    create_fields,
    describe_numbers,
    draft_database,
    has_gaps,
    leave_out,
    never_falls,
    number_marks,
    pads_dashes,
    profile_columns,
    read_numbers,
    undecodable_lines,
    unread_numbers,
    zero_rows,
)
from warehouse.records import create_work_tables, load_lines

#: Marks that may stand between the items of a list in one field.
_LIST_MARKS = ("|", ";", ",", "\n", "&#44;", "/", "+", "•", "·", "\N{IDEOGRAPHIC COMMA}", "\N{FULLWIDTH COMMA}")

#: Share of rejected records from which a short file with some lines before its header would be refused.
_USUAL_REJECTS = 0.05

#: Name of the file beside the copy that holds the lines that are not text.
_UNDECODABLE = "undecodable"

#: Encodings that the first bytes of a file show; any other is declared.
_SHOWN_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")

#: Code of a row that is no customer -> what it is.
_REPORT_ROWS = {
    "total_row": "total",
    "heading_row": "heading",
    "ruled_line": "drawn line",
    "missing_value": "keyless row",
}

#: Said where nothing shows what the points of a file's numbers are.
_ASSUMED = (
    "Points stand before three digits, and too few other numbers show what they are: they are read as decimal points; "
    "decimal=',' with thousands='.' reads them as marks of thousands."
)


@dataclass(frozen=True)
class Draft:
    """A schema that was written for a file, and loads.

    Attributes:
        source: the file.
        text: the Python file.
        n_rows: records that have as many fields as the schema has columns.
        choice: what the file was chosen from, in words; empty where nothing else was there.
    """

    source: Path
    text: str
    n_rows: int
    choice: str = ""


def draft_schema(source: str, encoding: str | None = None) -> Draft:
    """Return the schema of a file as a Python file that loads.

    Args:
        source: the file, or a directory whose newest file is taken.
        encoding: name of its text encoding, such as ``"cp1252"``; found by the bytes where it is None.

    Raises:
        UsageError: there is no such file or encoding, or the file cannot be read.
        DataRefused: the file is empty, its dialect is not clear, or nothing in it can be a feature.
    """
    path, choice = find_source(source)
    settings = FileSettings(encoding=encoding)
    with tempfile.TemporaryDirectory(prefix="segments-draft-") as name:
        folder = Path(name)
        copy = folder / "source.csv"
        copied = copy_source(path, copy, folder / _UNDECODABLE, settings)
        opened = open_copy(copy, copy.with_name(_UNDECODABLE), str(path), encoding or copied.encoding)
        with draft_database(folder) as database:
            _load(database, opened, copy)
            _refuse_undecodable(database, opened)
            return replace(_tried_draft(database, opened, path, copy), choice=choice)


def _tried_draft(database: Connection, opened: Opened, path: Path, copy: Path) -> Draft:
    """Return the draft of the customers alone: totals and headings, which a run rejects, say nothing of them."""
    found: dict[str, list[int]] = {}
    left_out: set[int] = set()
    while True:
        draft = _draft(database, opened, path, found)
        folder = copy.with_name(f"trial-{len(left_out)}")
        found = try_out(draft.text, opened, copy, folder, reads=has_gaps(database))
        new = set(chain.from_iterable(found.values())) - left_out
        if not new:
            return draft
        leave_out(database, sorted(new))
        left_out |= new


def _load(database: Connection, opened: Opened, copy: Path) -> None:
    """Read the copy into ``work.fields``."""
    create_work_tables(database)
    lines = load_lines(database, copy, copy.with_name(_UNDECODABLE), copy.name, opened.source)
    records = find_records(database, opened.sample.dialect, lines, opened.shape.n_columns, NOTHING_DECLARED)
    create_fields(database, records.dialect, opened.header_line, opened.shape.closed_width)


def _refuse_undecodable(database: Connection, opened: Opened) -> None:
    """Refuse a file of which a run would reject too many lines as not text, or the header."""
    lines = undecodable_lines(database)
    is_too_many = lines.n_undecodable > NOTHING_DECLARED.max_rejected_share * lines.n_lines
    if is_too_many or (lines.n_undecodable and lines.first == opened.header_line):
        raise DataRefused(
            f"{opened.source} line {lines.first}: holds {lines.found}, which is not {opened.encoding} text, as do "
            f"{lines.n_undecodable:,} of {counted(lines.n_lines, 'line')}; expected one encoding throughout, so name "
            "it, as in --text-encoding cp1252"
        )


def _draft(database: Connection, opened: Opened, path: Path, left_out: Mapping[str, Sequence[int]]) -> Draft:
    shape, dialect = opened.shape, opened.sample.dialect
    widths = count_widths(database)
    n_rows = sum(n for width, n in widths.items() if shape.takes(width))
    if n_rows == 0:
        raise DataRefused(f"{opened.source} holds no row of {shape.n_columns} fields; expected one row per customer")
    headers = shape.header or (None,) * shape.n_columns
    profiles = profile_columns(database, shape.n_columns, shape.list_column, PATTERNS, SIGNS, _LIST_MARKS)
    marks = find_number_marks(database, profiles.columns, dialect.delimiter, headers, opened.source)
    units = {number: units for number, profile in profiles.columns.items() if (units := amounts_of(profile).units)}
    read_numbers(database, replace(dialect, decimal=marks.decimal, thousands=marks.thousands), units)
    declarable = split_declarable(_facts(database, profiles, headers, shape.list_column))
    columns = with_key(declarable.columns)
    refuse_orders(columns, opened.source)
    refuse_lost_keys(columns, opened.source)
    declared = declare_columns(columns, opened.source)
    schema = DraftedSchema(
        class_name=class_name(path.name.split(".")[0] or path.name),
        sentences=[
            *_sentences(opened, path, n_rows),
            *_grain(columns),
            *_comments_below(database, dialect.comment, opened.header_line),
            *_left_out(opened, sum(widths.values()) - n_rows, undecodable_lines(database).n_undecodable, left_out),
            *([_ASSUMED] if marks.unclear == "." else []),
            *([f"The file is long: counts are those of one record in {profiles.step}."] if profiles.step > 1 else []),
        ],
        settings=_settings(
            opened, marks, _marks_of(database, declared, dialect.delimiter), sum(map(len, left_out.values())) / n_rows
        ),
        columns=declared,
        notes=declarable.notes,
    )
    return Draft(path, render_schema(schema), n_rows)


def _facts(database: Connection, profiles: Profiles, headers: Sequence[str | None], list_column: int) -> list[Facts]:
    """Return what is known of every column, its numbers without those that stand for a missing value."""
    numbers, unread = describe_numbers(database), unread_numbers(database)
    sentinels = {
        number: number_sentinels(found, profiles.columns[number].n_cells, are_ages=is_age(headers[number - 1]))
        for number, found in numbers.items()
    }
    for number in unknown_places(headers, numbers, zero_rows(database)):
        sentinels[number] = (*sentinels[number], 0.0)
    pairs = [(number, value) for number, values in sentinels.items() for value in values]
    if pairs:
        add_sentinels(database, pairs)
        numbers = describe_numbers(database)
    rising = {
        number
        for number, found in numbers.items()
        if not 0 < list_column <= number and has_no_gaps(found, profiles.step) and never_falls(database, number)
    }
    return [
        Facts(
            index=number - 1,
            header=headers[number - 1],
            profile=profile,
            step=profiles.step,
            numbers=numbers.get(number),
            unread=unread.get(number),
            sentinels=sentinels.get(number, ()),
            dash_is_zero=_dash_is_zero(database, profile, list_column),
            runs_on=number == list_column,
            is_rising=number in rising,
        )
        for number, profile in profiles.columns.items()
    ]


def _dash_is_zero(database: Connection, profile: ColumnProfile, list_column: int) -> bool:
    """Return whether a dash among numbers is 0; after a list the columns are not at one place."""
    has_dash = profile.is_numeric and any(found.text == "-" for found in profile.non_numeric)
    return has_dash and not 0 < list_column <= profile.column_number and pads_dashes(database, profile.column_number)


def _marks_of(database: Connection, declared: Sequence[DraftedColumn], delimiter: str) -> NumberMarks:
    """Return what the numbers show that are declared as such, by which alone a run decides what is not declared."""
    numbers = [column.number for column in declared if column.kind.value_type in ("int", "float")]
    return number_marks(database, numbers, is_comma_quoted=delimiter == ",")


def _settings(opened: Opened, marks: NumberMarks, shown: NumberMarks, left_out: float) -> dict[str, object]:
    """Return the class keywords: what a run would not find by itself.

    Args:
        marks: what all numbers of the file show.
        shown: what those of the declared columns show.
        left_out: rows that are no customers, per row that is one.
    """
    dialect, has_no_header = opened.sample.dialect, opened.shape.header is None
    share = max((opened.head.header or 0) / len(opened.sample.records), left_out)
    settings: dict[str, object] = {
        # Without a header nothing else shows what separates the fields.
        "delimiter": dialect.delimiter if dialect.delimiter != "," or has_no_header else None,
        "quote": (dialect.quote or "") if dialect.quote != '"' else None,
        "escape": dialect.escape,
        "comment": dialect.comment,
        "header": False if has_no_header else None,
        "encoding": None if opened.encoding in _SHOWN_ENCODINGS else opened.encoding,
        "decimal": marks.decimal if (marks.decimal, shown.decimal, shown.unclear) != (".", ".", None) else None,
        "thousands": marks.thousands,
        "max_rejected_share": round(share + 0.1, 1) if share > _USUAL_REJECTS else None,
    }
    return {name: value for name, value in settings.items() if value is not None}


def _sentences(opened: Opened, path: Path, n_rows: int) -> list[str]:
    """Return what the schema says of the file as a whole."""
    n_columns = opened.shape.n_columns
    marks = f" between {between(opened.sample.dialect.delimiter)}" if n_columns > 1 else ""
    head = f"the header on line {opened.header_line}" if opened.header_line else "no header"
    encoding = "" if opened.encoding == "utf-8" else f", {opened.encoding} text"
    return [
        f"One row per customer, drafted from {path.name}: {counted(n_rows, 'row')} of "
        f"{counted(n_columns, 'column')}{marks}, {head}{encoding}.",
        "Each comment says what was seen and why the column is what it is; change what you know better, then run it.",
    ]


def _grain(columns: Sequence[Facts]) -> list[str]:
    """Return what is to be said of a file with several rows per customer."""
    repeated = several_rows(columns)
    if repeated is None:
        return []
    found = (
        f"{shown(repeated.header or '')} holds {repeated.n_different:,} different in {counted(repeated.n_rows, 'row')}"
    )
    return [f"There are several rows per customer ({found}), so the segments are of rows, not of customers."]


def _comments_below(database: Connection, comment: str | None, header_line: int) -> list[str]:
    """Return what is to be said of lines far below the header that begin as the comments before it do."""
    n = count_comments(database, comment, header_line) if comment else 0
    if n == 0:
        return []
    return [
        f"Skipped: {counted(n, 'line')} below the header beginning with {comment!r}; without comment= they are rows."
    ]


def _left_out(
    opened: Opened, n_misshapen: int, n_undecodable: int, report_rows: Mapping[str, Sequence[int]]
) -> list[str]:
    """Return what a run will reject of the file, in words."""
    found = {
        "of another number of fields": n_misshapen,
        "before the header": opened.head.header or 0,
        f"that {'is' if n_undecodable == 1 else 'are'} not {opened.encoding} text": n_undecodable,
    }
    rejected = [f"{counted(n, 'record')} {what}" for what, n in found.items() if n]
    rejected += [
        f"{counted(len(lines), _REPORT_ROWS[code])} (on line {lines[0]:,}{' first' if len(lines) > 1 else ''})"
        for code, lines in report_rows.items()
    ]
    return [f"Rejected: {several(rejected)}."] if rejected else []
