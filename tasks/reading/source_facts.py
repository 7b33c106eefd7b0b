"""What a delivered file turned out to be, as facts and in sentences."""

from dataclasses import dataclass
from pathlib import Path

from schemas.dataset import Column
from schemas.dialect import LineRange
from schemas.file_settings import FileSettings
from schemas.layout import Layout
from schemas.private import private
from schemas.shown import counted
from tasks.reading.record_spans import SPAN_LIMITS, LongRecords
from tasks.reading.repair import RepairShape, repair_shape
from warehouse.records import LineCounts

#: Items that a note names, of those that are delivered as a column each.
_SHOWN_ITEMS = 10


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


def facts_of(
    source: Source,
    layout: Layout,
    columns: tuple[Column, ...],
    settings: FileSettings,
    counts: LineCounts,
    rows_read: int,
) -> SourceRead:
    """Return what a file turned out to be."""
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


def notes_of(
    source: Source,
    layout: Layout,
    columns: tuple[Column, ...],
    settings: FileSettings,
    counts: LineCounts,
    long: LongRecords,
    lines: LineRange,
) -> tuple[str, ...]:
    """Return how a file was read, a sentence per note, for the record, the report and the log."""
    return (
        _in_words(source, layout, columns),
        *_undeclared_in_words(source, layout, settings),
        *(
            f"{source.name}: header {layout.header[position]!r} occurs twice, over the same values: read once"
            for _, position in layout.repeated
        ),
        *_skipped_in_words(source, layout, counts),
        *_items_in_words(layout),
        *_long_in_words(source, layout, long, lines),
    )


def _form(layout: Layout, columns: tuple[Column, ...]) -> str:
    if layout.wide_column:
        items = [repr(name) for name, _ in layout.item_positions]
        more = f" and {len(items) - _SHOWN_ITEMS} more" if len(items) > _SHOWN_ITEMS else ""
        shown = ", ".join(items[:_SHOWN_ITEMS])
        return f"{len(items)} columns of {layout.item_cells.in_words} for {layout.wide_column} ({shown}{more})"
    if layout.list_column:
        return f"a list in {layout.list_column}"
    return f"{len(columns)} plain columns"


def _in_words(source: Source, layout: Layout, columns: tuple[Column, ...]) -> str:
    """Return how the file was read, in a sentence."""
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
            whole = private(", ".join(map(repr, form.whole[:_SHOWN_ITEMS])))
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
    records = counted(long.count, "record")
    line = long.longest - lines.first + 1
    which = "it" if long.count == 1 else "the longest"
    return (
        f"{source.name}: {records} of more than {SPAN_LIMITS.usual_lines} lines, {which} begins on line {line}; "
        "a quote that was opened by mistake takes the lines below it",
    )
