"""Read one copied file into records: its layout first, then its lines, its frames and its fields."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from schemas.dataset import Column, normalise_header
from schemas.dialect import Dialect, LineState
from schemas.errors import DataRefused
from schemas.file_settings import FileSettings
from schemas.layout import Layout
from tasks.reading.framing import USUAL_LINES, Frames, LongRecords, frame_lines, long_records, without_swallowed
from tasks.reading.header import read_layout
from tasks.reading.repair import RepairShape, repair_shape
from warehouse.connection import Connection
from warehouse.framing import frame_plain, frame_quoted, has_mark, lines_within, unquiet_lines, whole_lines
from warehouse.records import (
    bracketed_lists,
    has_unseen,
    insert_records,
    list_writing,
    load_lines,
    number_marks,
    read_head,
    records_are_closed,
)
from warehouse.rejects import Shape, reject_misshapen, reject_undecidable, reject_undecodable, reject_unmended
from warehouse.statements.records import RecordRange

#: Fields of a record of which a line of a text may have as many.
_FEW_FIELDS = 2

#: Products that a note names, of those that are delivered as a column each.
_SHOWN_PRODUCTS = 10


@dataclass(frozen=True)
class Source:
    """A delivered file as this night reads it.

    Attributes:
        name: the file as the published tables name it, different from every other of the night.
        place: the file as messages name it.
        copy: its UTF-8 copy, whose lines end in LF.
        undecodable: the lines of the copy that hold bytes which are no text; need not exist.
        encoding: the encoding in which it was read.
    """

    name: str
    place: str
    copy: Path
    undecodable: Path
    encoding: str


@dataclass(frozen=True)
class SourceRead:
    """What a file turned out to be, declared or found.

    Attributes:
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
    rows_read: int
    repair: RepairShape


@dataclass(frozen=True)
class ReadSource:
    """A file that is in ``work.records``: its layout, the keys of its lines, what it turned out to be.

    Attributes:
        notes: the same in sentences, and what became of the columns that nobody declares.
    """

    layout: Layout
    lines: RecordRange
    facts: SourceRead
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Framed:
    """The dialect by which ``work.framed`` was made, and the records of very many lines."""

    dialect: Dialect
    long: LongRecords


def source_layout(source: Source, columns: tuple[Column, ...], settings: FileSettings) -> Layout:
    """Return the layout that the head of a file gives; see ``tasks.reading.header.read_layout``."""
    return read_layout(read_head(source.copy), columns, settings, source.place)


def with_undeclared(layout: Layout, kept: Sequence[Column], settings: FileSettings, place: str) -> Layout:
    """Return the layout with what the settings say of columns that nobody declares.

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
            f"{place} line {layout.header_line}: the schema does not declare {names} (columns='freeze'); "
            "declare them, deliver the file without them, or set columns='discard_value' in the schema"
        )
    if settings.columns == "discard_row":
        return replace(layout, rejects_undeclared=True)
    places = {normalise_header(name): place for name, place in layout.undeclared}
    keys = {column.name: normalise_header(column.header) for column in kept}
    found = {name: places[key] for name, key in keys.items() if key in places}
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
    """Read a file into ``work.records``, and reject the records whose fields cannot be told apart.

    Raises:
        DataRefused: a line is too long.
    """
    lines = load_lines(database, source.copy, source.undecodable, source.name, source.place)
    framed = frame_source(database, layout.dialect, lines, layout.n_fields, settings)
    layout = _as_written(database, replace(layout, dialect=framed.dialect), columns, lines, settings)
    rows_read = insert_records(database, layout, columns, lines, is_first=is_first)
    shape = Shape(layout, columns, lines)
    reject_misshapen(database, shape)
    reject_undecodable(database, shape, source.encoding)
    if layout.is_repair:
        reject_unmended(database, shape)
    notes = (
        _in_words(source, layout, columns),
        *_undeclared_in_words(source, layout, settings),
        *_long_in_words(source, layout, framed.long, lines),
    )
    return ReadSource(layout, lines, _facts(source, layout, columns, settings, rows_read), notes)


def reject_undecidable_commas(database: Connection, read: ReadSource, columns: tuple[Column, ...]) -> None:
    """Reject the records whose first item is known as a value of the text before it; once all files are read."""
    reject_undecidable(database, Shape(read.layout, columns, read.lines))


def frame_source(
    database: Connection, dialect: Dialect, lines: RecordRange, n_fields: int, settings: FileSettings
) -> Framed:
    """Make ``work.framed`` of a source's lines; the dialect is without its quote where no line holds one."""
    if dialect.quote is None or not has_mark(database, dialect.quote, lines):
        plain = replace(dialect, quote=None)
        frame_plain(database, plain, lines)
        return Framed(plain, LongRecords())
    unquiet = unquiet_lines(database, dialect, lines)
    within = lines_within(database, dialect, lines) if LineState.OPEN in unquiet.states else unquiet
    frames = frame_lines(unquiet, within, last=lines.last, max_lines=settings.max_record_lines)
    if n_fields > 1:  # any line of a text is one field
        frames = without_swallowed(frames, whole_lines(database, dialect, _joined(frames), n_fields))
    broken = pd.DataFrame({"record": frames.broken, "fault": frames.faults, "closing_record": frames.closing})
    frame_quoted(database, dialect, lines, _joined(frames), broken, settings.max_record_lines)
    return Framed(dialect, long_records(frames))


def _joined(frames: Frames) -> pd.DataFrame:
    return pd.DataFrame({"first_record": frames.first, "last_record": frames.last})


def _as_written(
    database: Connection, layout: Layout, columns: tuple[Column, ...], lines: RecordRange, settings: FileSettings
) -> Layout:
    """Return the layout with what the records show of how their ends, lists and numbers are written."""
    layout = replace(
        layout,
        has_unseen=has_unseen(database, layout.dialect, lines),
        closes_records=records_are_closed(database, layout, lines),
    )
    lists = list_writing(database, layout, columns, lines)
    layout = replace(
        layout,
        bracketed=bracketed_lists(database, layout, columns, lines),
        spills=lists.spills,
        dialect=replace(layout.dialect, item_separator=lists.separator),
    )
    return replace(layout, dialect=_with_marks(database, layout, columns, lines, settings))


def _with_marks(
    database: Connection, layout: Layout, columns: tuple[Column, ...], lines: RecordRange, settings: FileSettings
) -> Dialect:
    """Return the dialect with the marks that the numbers show, where they are not declared."""
    dialect = layout.dialect
    if settings.decimal is not None and settings.thousands is not None:
        return dialect
    can_hold_commas = dialect.quote is not None or dialect.delimiter != ","
    if not can_hold_commas and not has_mark(database, ".", lines):
        return dialect
    marks = number_marks(database, layout, columns)
    found = marks.decimal if marks.decimal != settings.thousands else {",": ".", ".": ","}[marks.decimal]
    decimal = settings.decimal or found
    thousands = marks.thousands if settings.thousands is None else settings.thousands or None
    unclear = marks.unclear if settings.decimal is None and settings.thousands is None else None
    return replace(dialect, decimal=decimal, thousands=None if thousands == decimal else thousands, unclear=unclear)


def _facts(
    source: Source, layout: Layout, columns: tuple[Column, ...], settings: FileSettings, rows_read: int
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
        rows_read=rows_read,
        repair=repair_shape(layout, settings),
    )


def _form(layout: Layout, columns: tuple[Column, ...]) -> str:
    if layout.wide_column:
        products = [repr(name) for name, _ in layout.item_positions]
        more = f" and {len(products) - _SHOWN_PRODUCTS} more" if len(products) > _SHOWN_PRODUCTS else ""
        shown = ", ".join(products[:_SHOWN_PRODUCTS])
        return f"{len(products)} columns of 0 and 1 for {layout.wide_column} ({shown}{more})"
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
        parts.append(f"a {dialect.delimiter!r} behind the last one")
    if layout.list_column and dialect.item_separator != ",":
        parts.append(f"items between {dialect.item_separator!r}")
    if layout.bracketed:
        parts.append("lists in brackets")
    if dialect.decimal != ".":
        parts.append(f"decimal {dialect.decimal!r}")
    if dialect.thousands:
        parts.append(f"thousands {dialect.thousands!r}")
    return f"{source.name} was read as {', '.join(parts)}"


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


def _long_in_words(source: Source, layout: Layout, long: LongRecords, lines: RecordRange) -> tuple[str, ...]:
    """Return the records of many lines where their lines do not tell whether a stray quote swallowed them."""
    if long.count == 0 or layout.n_fields > _FEW_FIELDS:
        return ()
    what = "1 record" if long.count == 1 else f"{long.count:,} records"
    line = long.longest - lines.first + 1
    which = "it" if long.count == 1 else "the longest"
    return (
        f"{source.name}: {what} of more than {USUAL_LINES} lines, {which} begins on line {line}; "
        "a quote that was opened by mistake takes the lines below it",
    )
