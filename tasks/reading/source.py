"""Read one copied file into records: find its layout, load its lines, join and split them into records."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from schemas.dataset import Column, normalise_header
from schemas.dialect import OTHER_MARK, QUOTE_FAULTS, Dialect, LineRange, LineState
from schemas.errors import DataRefused
from schemas.file_settings import FileSettings
from schemas.layout import Layout
from schemas.private import private
from tasks.reading.header import read_layout
from tasks.reading.lists import list_forms, list_writing
from tasks.reading.record_spans import (
    SPAN_LIMITS,
    LongRecords,
    RecordSpans,
    find_spans,
    long_records,
    spans_of_records,
    without,
)
from tasks.reading.repair import RepairShape, repair_shape
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
    LineCounts,
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
    """What shows how records end, and how much of it is said.

    Attributes:
        closing_records: first records that show a trailing delimiter; more would not change the answer.
        closing_share: share of them above which it is no field: a few may have a delimiter too many.
        shown_items: items that a note names, of those that are delivered as a column each.
    """

    closing_records: int = 1000
    closing_share: float = 0.9
    shown_items: int = 10


_LIMITS = ReadingLimits()


@dataclass(frozen=True)
class Source:
    """A delivered file as this run reads it.

    Attributes:
        name: the file as the published tables name it, different from every other of the run.
        path: the file as messages name it.
        copy: its UTF-8 copy, whose lines end in LF.
        undecodable: the lines of the copy with undecodable bytes; need not exist.
        encoding: the encoding in which it was read.
    """

    name: str
    path: str
    copy: Path
    undecodable: Path
    encoding: str


@dataclass(frozen=True)
class SourceRead:
    """What a file turned out to be, declared or found.

    Attributes:
        counts: its lines; those of its header, its records and those skipped are all of them.
        repair: the shape in which its rejected rows are given back.
    """

    source_name: str
    encoding: str
    delimiter: str
    quote: str | None
    decimal: str
    thousands: str | None
    item_separator: str
    header_line: int
    form: str
    undeclared: tuple[str, ...]
    counts: LineCounts
    rows_read: int
    repair: RepairShape


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
    positions = {normalise_header(name): position for name, position in layout.undeclared}
    keys = {column.name: normalise_header(column.header) for column in kept}
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
    notes = (
        _in_words(source, layout, columns),
        *_undeclared_in_words(source, layout, settings),
        *(
            f"{source.name}: header {layout.header[position]!r} occurs twice, over the same values: read once"
            for _, position in layout.repeated
        ),
        *_skipped_in_words(source, layout, counts),
        *_items_in_words(layout),
        *_long_in_words(source, layout, found.long, lines),
    )
    return ReadSource(shape, _facts(source, layout, columns, settings, counts, rows_read), notes)


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


def _facts(
    source: Source,
    layout: Layout,
    columns: tuple[Column, ...],
    settings: FileSettings,
    counts: LineCounts,
    rows_read: int,
) -> SourceRead:
    dialect = layout.dialect
    return SourceRead(
        source_name=source.name,
        encoding=source.encoding,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        decimal=dialect.decimal,
        thousands=dialect.thousands,
        item_separator=dialect.item_separator,
        header_line=layout.header_line,
        form=_form(layout, columns),
        undeclared=tuple(name for name, _ in layout.undeclared),
        counts=counts,
        rows_read=rows_read,
        repair=repair_shape(layout, settings),
    )


def _form(layout: Layout, columns: tuple[Column, ...]) -> str:
    if layout.wide_column:
        items = [repr(name) for name, _ in layout.item_positions]
        more = f" and {len(items) - _LIMITS.shown_items} more" if len(items) > _LIMITS.shown_items else ""
        shown = ", ".join(items[: _LIMITS.shown_items])
        return f"{len(items)} columns of {layout.item_cells.in_words} for {layout.wide_column} ({shown}{more})"
    if layout.list_column:
        return f"a list in {layout.list_column}"
    return f"{len(columns)} plain columns"


def _in_words(source: Source, layout: Layout, columns: tuple[Column, ...]) -> str:
    """Return how the file was read, in a sentence for the record, the report and the log."""
    dialect = layout.dialect
    parts = [
        f"{source.encoding} text",
        f"fields between {dialect.delimiter!r}",
        f"quotes {dialect.quote}" if dialect.quote else "no quotes",
        f"header on line {layout.header_line}" if layout.header_line else "no header",
        _form(layout, columns),
    ]
    if layout.closes_records:
        parts.append(f"a trailing {dialect.delimiter!r}")
    if layout.list_column and dialect.item_separator != ",":
        parts.append(f"items between {dialect.item_separator!r}")
    if any(form.is_enclosed for form in layout.forms.values()):
        parts.append("lists in brackets or quotes")
    if any(form.has_bullets for form in layout.forms.values()):
        parts.append("a bullet before each item")
    if layout.text_marks:
        parts.append('digits without the marks that make them texts, \'1 and ="1"')
    if dialect.decimal != ".":
        parts.append(f"decimal {dialect.decimal!r}")
    if dialect.thousands:
        parts.append(f"thousands {dialect.thousands!r}")
    return f"{source.name} was read as {', '.join(parts)}"


def _items_in_words(layout: Layout) -> list[str]:
    """Return what is taken off the items of lists, and by which word they are split."""
    notes = []
    for name, form in layout.forms.items():
        if form.count:
            notes.append(
                f"{name}: counts such as {private(repr(form.example))} are taken off; an item is bought or not"
            )
        if form.last_word:
            whole = private(", ".join(map(repr, form.whole[: _LIMITS.shown_items])))
            but = f", but not {whole}" if form.whole else ""
            notes.append(f"{name}: {form.last_word!r} before the last item separates items{but}")
    return notes


def _undeclared_in_words(source: Source, layout: Layout, settings: FileSettings) -> tuple[str, ...]:
    if not layout.undeclared:
        return ()
    is_one = len(layout.undeclared) == 1
    names = ", ".join(repr(name) for name, _ in layout.undeclared)
    became = {
        "evolve": f"{'is' if is_one else 'are'} kept as text beside the customers",
        "discard_row": "rejects the rows that fill it" if is_one else "reject the rows that fill them",
        "discard_value": f"{'is' if is_one else 'are'} left out",
    }
    what = "column" if is_one else "columns"
    return (f"{source.name}: {what} {names}, which the schema does not declare, {became[settings.columns]}",)


def _skipped_in_words(source: Source, layout: Layout, counts: LineCounts) -> tuple[str, ...]:
    """Return a note on the lines that are no records."""
    found = [f"{counts.blank_lines:,} blank"] if counts.blank_lines else []
    if counts.comment_lines:
        found.append(f"{counts.comment_lines:,} beginning with {layout.dialect.comment!r}")
    return (f"{source.name}: of {counts.lines:,} lines, skipped {' and '.join(found)}",) if found else ()


def _long_in_words(source: Source, layout: Layout, long: LongRecords, lines: LineRange) -> tuple[str, ...]:
    """Return a note on records of many lines where these do not show whether a stray quote joined them."""
    if long.count == 0 or layout.n_fields > SPAN_LIMITS.few_fields:
        return ()
    what = "1 record" if long.count == 1 else f"{long.count:,} records"
    line = long.longest - lines.first + 1
    which = "it" if long.count == 1 else "the longest"
    return (
        f"{source.name}: {what} of more than {SPAN_LIMITS.usual_lines} lines, {which} begins on line {line}; "
        "a quote that was opened by mistake takes the lines below it",
    )
