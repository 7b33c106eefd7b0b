"""Read one copied file into records: find its layout, load its lines, join and split them into records."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from schemas.dataset import Column, normalize_header
from schemas.dialect import OTHER_MARK, QUOTE_FAULTS, Dialect, LineRange, LineState
from schemas.errors import DataRefused
from schemas.file_settings import FileSettings
from schemas.layout import Layout
from schemas.private import private
from tasks.reading.header import read_layout
from tasks.reading.lists import list_forms, list_writing
from tasks.reading.record_spans import (
    LongRecords,
    RecordSpans,
    find_spans,
    long_records,
    spans_of_records,
    without,
)
from tasks.reading.source_facts import Source, SourceRead, facts_of, notes_of
from warehouse.connection import Connection
from warehouse.record_spans import (
    closing_lines,
    doubles_marks,
    has_text_marks,
    inner_lines,
    keep_spans,
    texts_in_lines,
    unbalanced_lines,
    view_records,
)
from warehouse.records import (
    first_difference,
    insert_records,
    keep_writing,
    load_lines,
    number_marks,
    read_head,
    trailing_share,
    view_fields,
)
from warehouse.rejects import Shape, reject_misshapen, reject_uncorrected, reject_undecodable


@dataclass(frozen=True)
class ReadingLimits:
    """What shows how records end.

    Attributes:
        closing_records: first records that show a trailing delimiter; more would not change the answer.
        closing_share: share of them above which it is no field: a few may have a delimiter too many.
    """

    closing_records: int = 1000
    closing_share: float = 0.9


_LIMITS = ReadingLimits()


@dataclass(frozen=True)
class ReadSource:
    """A file that is in ``work.records``, and what it turned out to be.

    Attributes:
        notes: the same in sentences, and what became of the undeclared columns.
    """

    shape: Shape
    facts: SourceRead
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FoundRecords:
    """The dialect by which ``work.raw_records`` was made, and the records of very many lines."""

    dialect: Dialect
    long: LongRecords


def source_layout(source: Source, columns: tuple[Column, ...], settings: FileSettings) -> Layout:
    """Return the layout that the head of a file gives; see ``tasks.reading.header.read_layout``."""
    return read_layout(read_head(source.copy), columns, settings, source.path)


def with_undeclared(layout: Layout, kept: Sequence[Column], settings: FileSettings, path: str) -> Layout:
    """Return the layout with what the settings say of undeclared columns.

    Args:
        kept: the columns made of them, where they are kept.

    Raises:
        DataRefused: there are some, and the settings freeze the columns.
    """
    if not layout.undeclared:
        return layout
    if settings.columns == "freeze":
        names = ", ".join(repr(name) for name, _ in layout.undeclared)
        raise DataRefused(
            f"{path} line {layout.header_line}: the schema does not declare {names} (columns='freeze'); "
            "declare them, deliver the file without them, or set columns='discard_value' in the schema"
        )
    if settings.columns == "discard_row":
        return replace(layout, rejects_undeclared=True)
    positions = {normalize_header(name): position for name, position in layout.undeclared}
    keys = {column.name: normalize_header(column.header) for column in kept}
    found = {name: positions[key] for name, key in keys.items() if key in positions}
    return replace(layout, positions={**layout.positions, **found})


def read_source(
    database: Connection,
    source: Source,
    layout: Layout,
    columns: tuple[Column, ...],
    settings: FileSettings,
    *,
    is_first: bool,
) -> ReadSource:
    """Read a file into ``work.records``, and reject the records whose fields are ambiguous.

    Raises:
        DataRefused: a line is too long, or two columns of a declared header differ.
    """
    lines = load_lines(database, source.copy, source.undecodable, source.name, source.path)
    found = find_records(database, layout.dialect, lines, layout.n_fields, settings)
    layout = _as_written(database, replace(layout, dialect=found.dialect), columns, lines, settings)
    _refuse_differing(database, source, layout, columns, lines)
    counts = keep_writing(database, layout, lines)
    rows_read = insert_records(database, layout, columns, lines, is_first=is_first)
    shape = Shape(layout, columns, lines)
    reject_misshapen(database, shape)
    reject_undecodable(database, shape, source.encoding)
    if layout.is_repair:
        reject_uncorrected(database, shape)
    facts = facts_of(source, layout, columns, settings, counts, rows_read)
    return ReadSource(shape, facts, notes_of(source, layout, columns, settings, counts, found.long, lines))


def find_records(
    database: Connection, dialect: Dialect, lines: LineRange, n_fields: int, settings: FileSettings
) -> FoundRecords:
    """Make ``work.raw_records`` of a source's lines; the dialect is without its quote where no line holds one.

    Within single quotes double ones that are all doubled were escaped so before the quotes were changed.
    """
    long = LongRecords()
    if dialect.quote == "'" and dialect.escape is None and doubles_marks(database, lines):
        dialect = replace(dialect, escape='"')
    if dialect.quote is not None and texts_in_lines(database, [dialect.quote], lines):
        long = _join_lines(database, dialect, lines, n_fields, settings.max_record_lines)
    else:
        dialect = replace(dialect, quote=None)
    view_records(database, dialect, lines)
    return FoundRecords(dialect, long)


def _join_lines(database: Connection, dialect: Dialect, lines: LineRange, n_fields: int, max_lines: int) -> LongRecords:
    """Keep the records of several lines and the lines with broken quotes, and return the very long ones."""
    unbalanced = unbalanced_lines(database, dialect, lines)
    closing = closing_lines(database, dialect, lines) if LineState.OPEN in unbalanced.state else unbalanced
    spans = find_spans(unbalanced, closing, last=lines.last, max_lines=max_lines)
    if n_fields > 1 and spans.first.size:  # any line of a text is one field
        inner = inner_lines(database, dialect, _frame(spans))
        spans = without(spans, spans_of_records(inner, n_fields))
    broken = pd.DataFrame(
        {"record": spans.broken, "fault": spans.faults, "closing_line": spans.closing - lines.first + 1}
    )
    faults = {fault: words.replace("{max_lines}", str(max_lines)) for fault, words in QUOTE_FAULTS.items()}
    keep_spans(database, _frame(spans), broken, faults)
    return long_records(spans)


def _frame(spans: RecordSpans) -> pd.DataFrame:
    return pd.DataFrame({"first_record": spans.first, "last_record": spans.last})


def _as_written(
    database: Connection, layout: Layout, columns: tuple[Column, ...], lines: LineRange, settings: FileSettings
) -> Layout:
    """Return the layout with what the records show of how their ends, lists and numbers are written."""
    layout = replace(
        layout,
        closes_records=_closes_records(database, layout, lines),
        text_marks=has_text_marks(database, layout.dialect, lines),
    )
    view_fields(database, layout, columns, lines)
    lists = list_writing(database, layout, columns, lines)
    layout = replace(
        layout,
        spills=lists.spills,
        dialect=replace(layout.dialect, item_separator=lists.separator),
    )
    layout = replace(layout, forms=list_forms(database, layout, columns, lines))
    return replace(layout, dialect=_with_marks(database, layout, columns, lines, settings))


def _refuse_differing(
    database: Connection, source: Source, layout: Layout, columns: tuple[Column, ...], lines: LineRange
) -> None:
    """Refuse a header that stands twice over values that differ: nothing says which column is meant."""
    for column in columns:
        for position in (position for name, position in layout.repeated if name == column.name):
            found = first_difference(database, layout, column, position)
            if found is not None:
                line = found["record"] - lines.first + 1
                raise DataRefused(
                    f"{source.path} line {line}: header {layout.header[position]!r} occurs twice, "
                    f"in columns {layout.positions[column.name] + 1} and {position + 1}, which hold "
                    f"{private(repr(found['value']))} and {private(repr(found['other']))}; rename or remove one"
                )


def _closes_records(database: Connection, layout: Layout, lines: LineRange) -> bool:
    """Return whether nearly all records have a trailing delimiter, which no header names.

    A single record that has it may as well have a delimiter too many elsewhere, and its last field empty.
    """
    if layout.takes_more:
        return False
    first = lines.first + layout.first_line - 1
    records = LineRange(first, first + _LIMITS.closing_records - 1)
    return trailing_share(database, layout, records) > _LIMITS.closing_share


def _with_marks(
    database: Connection, layout: Layout, columns: tuple[Column, ...], lines: LineRange, settings: FileSettings
) -> Dialect:
    """Return the dialect with the marks that the numbers show, where they are not declared."""
    dialect = layout.dialect
    if settings.decimal is not None and settings.thousands is not None:
        return dialect
    can_hold_commas = dialect.quote is not None or dialect.delimiter != ","
    if not can_hold_commas and not texts_in_lines(database, ["."], lines):
        return dialect
    marks = number_marks(database, layout, columns)
    decimal = settings.decimal or (marks.decimal if marks.decimal != settings.thousands else OTHER_MARK[marks.decimal])
    if settings.thousands is not None:
        return replace(dialect, decimal=decimal, thousands=settings.thousands or None)
    if settings.decimal is not None:
        other = OTHER_MARK[decimal]
        return replace(dialect, thousands=other, unclear=other if marks.is_mixed else None)
    return replace(dialect, decimal=decimal, thousands=marks.thousands, unclear=marks.unclear)
