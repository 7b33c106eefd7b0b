"""Draft the schema of a file that nobody declared: read it, look at its columns, decide, write, try."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from schemas.dialect import Dialect
from schemas.errors import DataRefused, SegmentsError
from schemas.file_settings import FileSettings
from schemas.loading import load_dataset
from tasks.delivery.copying import copy_source
from tasks.delivery.sources import find_source
from tasks.draft.columns.facts import Facts
from tasks.draft.columns.keys import find_key, has_no_gaps, several_rows
from tasks.draft.columns.ranges import is_age
from tasks.draft.columns.sentinels import number_sentinels
from tasks.draft.file.number_marks import NumberMarks, find_number_marks, written_numbers
from tasks.draft.file.opening import Opened, open_copy
from tasks.draft.file.shape import Shape
from tasks.draft.python.declaring import declare_columns, undeclared_notes
from tasks.draft.python.names import class_name
from tasks.draft.python.rendering import DraftedSchema, render_schema
from tasks.draft.text.looks import AMOUNT_IN_PARTS, HASHES, LOOKS, MISSING_WORDS, NUMBER
from tasks.draft.text.wording import amount, between, several, shown
from tasks.reading.source import frame_source
from warehouse.connection import Connection
from warehouse.draft import (
    Looked,
    LookPatterns,
    count_widths,
    create_fields,
    describe_numbers,
    draft_database,
    leave_out,
    look_at_columns,
    never_falls,
    read_numbers,
    strange_texts,
    undecodable_lines,
)
from warehouse.records import create_work_tables, load_lines

#: Marks that may stand between the things of a list in one field.
_LIST_MARKS = ("|", ";", ",", "/", "+", "\N{IDEOGRAPHIC COMMA}", "\N{FULLWIDTH COMMA}")

#: Share of rejected records from which a short file with some lines before its header would be refused.
_USUAL_REJECTS = 0.05

#: Name of the file beside the copy that holds the lines which are no text.
_UNDECODABLE = "undecodable"

#: Encodings that the first bytes of a file tell; any other is declared.
_TOLD_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")

#: Said where nothing shows what the points of a file's numbers are.
_ASSUMED = (
    "Points stand before three digits alone: they are taken for decimal points, as nothing else shows what they are; "
    "decimal=',' with thousands='.' takes them for marks of thousands."
)

_PATTERNS = LookPatterns(NUMBER, AMOUNT_IN_PARTS, HASHES, MISSING_WORDS, LOOKS)


@dataclass(frozen=True)
class Draft:
    """A schema that was written for a file, and loads.

    Attributes:
        source: the file.
        text: the Python file.
        n_rows: records that have as many fields as the schema has columns.
    """

    source: Path
    text: str
    n_rows: int


def draft_schema(source: str, encoding: str | None = None) -> Draft:
    """Return the schema of a file as a Python file that loads.

    Args:
        source: the file, or a directory whose newest file is taken.
        encoding: name of its text encoding, such as ``"cp1252"``; found by the bytes where it is None.

    Raises:
        UsageError: there is no such file or encoding, or the file cannot be read.
        DataRefused: the file is empty, its dialect cannot be told, or nothing in it can be a feature.
    """
    path = find_source(source)
    settings = FileSettings(encoding=encoding)
    with tempfile.TemporaryDirectory(prefix="segments-draft-") as name:
        folder = Path(name)
        copy = folder / "source.csv"
        copied = copy_source(path, copy, folder / _UNDECODABLE, settings)
        opened = open_copy(copy, str(path), encoding or copied.encoding)
        with draft_database(folder) as database:
            _load(database, opened, copy)
            _refuse_undecodable(database, opened)
            draft = _draft(database, opened, path)
        _try_out(draft, folder)
    return draft


def _load(database: Connection, opened: Opened, copy: Path) -> None:
    """Read the copy into ``work.fields``."""
    writing = opened.sample.writing
    dialect = Dialect(writing.delimiter, writing.quote, writing.escape, writing.comment)
    create_work_tables(database)
    lines = load_lines(database, copy, copy.with_name(_UNDECODABLE), copy.name, opened.place)
    dialect = frame_source(database, dialect, lines, opened.shape.n_columns, FileSettings()).dialect
    create_fields(database, dialect, opened.header_line, opened.header, opened.shape.closed_width)


def _refuse_undecodable(database: Connection, opened: Opened) -> None:
    """Refuse a file of which a run would reject too many lines as no text, or whose header is none."""
    lines = undecodable_lines(database)
    if lines.n_undecodable <= FileSettings().max_rejected_share * lines.n_lines and lines.first != opened.header_line:
        return
    if lines.n_undecodable:
        raise DataRefused(
            f"{opened.place} line {lines.first}: holds {lines.found}, which is not {opened.encoding} text, as do "
            f"{lines.n_undecodable:,} of {amount(lines.n_lines, 'line')}; expected one encoding throughout, so name "
            "it, as in --encoding cp1252"
        )


def _draft(database: Connection, opened: Opened, path: Path) -> Draft:
    shape = opened.shape
    widths = count_widths(database)
    n_rows = sum(n for width, n in widths.items() if shape.takes(width))
    if n_rows == 0:
        raise DataRefused(f"{opened.place} holds no row of {shape.n_columns} fields; expected one row per customer")
    looked = look_at_columns(database, shape.n_columns, shape.list_column, _PATTERNS, _LIST_MARKS)
    marks = find_number_marks(looked.columns, shape.headings, opened.sample.writing.delimiter, opened.place)
    columns = _facts(database, looked, marks, shape)
    schema = DraftedSchema(
        class_name=class_name(path.name.split(".")[0] or path.name),
        sentences=[
            *_sentences(opened, path, n_rows),
            *_grain(columns),
            *_left_out(opened, sum(widths.values()) - n_rows, undecodable_lines(database).n_undecodable),
            *([_ASSUMED] if marks.is_assumed else []),
            *([f"The file is long: counts are those of one record in {looked.step}."] if looked.step > 1 else []),
        ],
        settings=_settings(opened, marks),
        columns=declare_columns(columns, opened.place),
        notes=undeclared_notes(columns),
    )
    return Draft(path, render_schema(schema), n_rows)


def _facts(database: Connection, looked: Looked, marks: NumberMarks, shape: Shape) -> list[Facts]:
    """Return what is known of every column, its numbers without those that stand for a missing value."""
    read_numbers(database, written_numbers(marks))
    numbers = describe_numbers(database)
    headers = shape.header or (None,) * shape.n_columns
    sentinels = {
        number: number_sentinels(found, looked.columns[number].n_cells, are_ages=is_age(headers[number - 1]))
        for number, found in numbers.items()
    }
    if any(sentinels.values()):
        leave_out(database, [(number, value) for number, values in sentinels.items() for value in values])
        numbers = describe_numbers(database)
    strange = strange_texts(database)
    rising = {
        number
        for number, found in numbers.items()
        if not (0 < shape.list_column <= number) and has_no_gaps(found, looked.step) and never_falls(database, number)
    }
    columns = [
        Facts(
            place=number - 1,
            header=headers[number - 1],
            n_rows=look.n_cells,
            look=look,
            step=looked.step,
            numbers=numbers.get(number),
            sentinels=sentinels.get(number, ()),
            strange=strange.get(number, ()),
            runs_on=number == shape.list_column,
            is_rising=number in rising,
        )
        for number, look in looked.columns.items()
    ]
    key = find_key([facts for facts in columns if facts.header != ""])
    return [replace(facts, is_key=facts.place == key) for facts in columns]


def _settings(opened: Opened, marks: NumberMarks) -> dict[str, object]:
    """Return the class keywords: what a reader would not take by itself."""
    writing, shape = opened.sample.writing, opened.shape
    has_no_header = shape.header is None
    share = opened.n_before_header / len(opened.sample.records)
    settings: Mapping[str, object] = {
        # Without a header nothing else tells the reader what stands between fields.
        "delimiter": writing.delimiter if writing.delimiter != "," or has_no_header else None,
        "quote": (writing.quote or "") if writing.quote != '"' else None,
        "escape": writing.escape,
        "comment": writing.comment,
        "header": False if has_no_header else None,
        "encoding": None if opened.encoding in _TOLD_ENCODINGS else opened.encoding,
        "decimal": marks.decimal if marks.decimal != "." or marks.is_assumed else None,
        "thousands": marks.thousands,
        "max_rejected_share": round(share + 0.1, 1) if share > _USUAL_REJECTS else None,
    }
    return {name: value for name, value in settings.items() if value is not None}


def _sentences(opened: Opened, path: Path, n_rows: int) -> list[str]:
    """Return what the schema says of the file as a whole."""
    shape = opened.shape
    marks = f" between {between(opened.sample.writing.delimiter)}" if shape.n_columns > 1 else ""
    head = "no header" if shape.header is None else f"the header on line {opened.header_line}"
    encoding = "" if opened.encoding == "utf-8" else f", {opened.encoding} text"
    return [
        f"One row a customer, drafted from {path.name}: {amount(n_rows, 'row')} of "
        f"{amount(shape.n_columns, 'column')}{marks}, {head}{encoding}.",
        "Each comment says what was seen and why the column is what it is; change what you know better, then run it.",
    ]


def _grain(columns: Sequence[Facts]) -> list[str]:
    """Return what is to be said of a file with several rows a customer."""
    repeated = several_rows([facts for facts in columns if facts.header])
    if repeated is None:
        return []
    n_different, name = repeated.look.n_different, shown(repeated.header or "")
    found = f"{name} holds {n_different:,} different in {amount(repeated.look.n_cells, 'row')}"
    return [f"There are several rows a customer ({found}), so the segments are of rows, not of customers."]


def _left_out(opened: Opened, n_misshapen: int, n_undecodable: int) -> list[str]:
    """Return what a run will reject of the file, in words."""
    found = {
        "of another number of fields": n_misshapen,
        "before the header": opened.n_before_header,
        f"that {'is' if n_undecodable == 1 else 'are'} no {opened.encoding} text": n_undecodable,
    }
    rejected = [f"{amount(n, 'record')} {what}" for what, n in found.items() if n]
    return [f"Rejected: {several(rejected)}."] if rejected else []


def _try_out(draft: Draft, folder: Path) -> None:
    """Load the schema as a run would, so that no draft is handed out that cannot be used.

    Raises:
        SegmentsError: it does not load, which is a fault of the draft.
    """
    file = folder / "draft.py"
    file.write_text(draft.text, encoding="utf-8")
    try:
        load_dataset(str(file))
    except SegmentsError as error:
        raise SegmentsError(f"{draft.source}: the draft does not load ({error}); write the schema by hand") from error
