"""Find how the lists of a file are written: the separator of their items, and what is around these."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.dataset import Column
from schemas.dialect import LineRange
from schemas.fields import Role
from schemas.layout import Layout, ListForm
from warehouse.connection import Connection
from warehouse.record_spans import texts_in_lines
from warehouse.records import SeparatedLists, count_separators
from warehouse.statements.lists import (
    COUNTS,
    select_any_digit,
    select_bullets,
    select_counts,
    select_enclosed,
    select_last_word,
)
from warehouse.tables import read_dicts


@dataclass(frozen=True)
class ListLimits:
    """What shows how lists are written.

    Attributes:
        separators: what may separate items beside the comma, and the delimiter of the file.
        last_words: words that may stand before the last item.
        n_records: first records that show how lists are written; more would not change the answer.
        few_share: share of the separated lists up to which commas in others are part of an item.
        max_whole: items with such a word that may be one.
    """

    separators: tuple[str, ...] = ("|", ";", "&#44;", "\n", "•", "·")
    last_words: tuple[str, ...] = ("and", "&", "und", "et", "y")
    n_records: int = 50_000
    few_share: float = 0.1
    max_whole: int = 1_000


_LIMITS = ListLimits()


@dataclass(frozen=True)
class ListWriting:
    """How the lists of a source are written.

    Attributes:
        separator: the text between the items.
        spills: whether lists may run on into more fields.
    """

    separator: str
    spills: bool = True


def list_forms(
    database: Connection, layout: Layout, columns: Sequence[Column], lines: LineRange
) -> dict[str, ListForm]:
    """Return what is around the items of each items column of a file: name -> form."""
    lists = [column for column in columns if column.role is Role.ITEMS and column.name in layout.positions]
    if not lists:
        return {}
    records = _first_records(layout, lines)
    quote, escape = layout.dialect.quote or "", layout.dialect.escape or ""
    marks = {*"[({\"'«„“", quote * 2, escape + quote} - {quote, ""}
    words = {f" {word} ": word for word in _LIMITS.last_words}
    found = texts_in_lines(database, {*marks, *words}, records)
    enclosed = not marks.isdisjoint(found) and {
        row["name"] for row in read_dicts(database, select_enclosed(layout, lists, records))
    }
    has_entities = bool(texts_in_lines(database, ["&"], lines))
    last_words = [word for text, word in words.items() if text in found]
    forms = {}
    for column in lists:
        form = ListForm(has_entities, is_enclosed=bool(enclosed and column.name in enclosed))
        own = replace(layout, forms={column.name: form})
        form = replace(form, has_bullets=bool(read_dicts(database, select_bullets(own, column, records))))
        own = replace(layout, forms={column.name: form})
        before_last = [(word, read_dicts(database, select_last_word(own, column, word))) for word in last_words]
        for word, rows in before_last:
            if rows and len(rows[0]["whole"]) <= _LIMITS.max_whole:
                form = replace(form, last_word=word, whole=tuple(rows[0]["whole"]))
        own = replace(layout, forms={column.name: form})
        # The patterns of counts take longer to compile than most files to read.
        has_digits = read_dicts(database, select_any_digit(own, column, records))
        for row in read_dicts(database, select_counts(own, column, records)) if has_digits else ():
            form = replace(form, count=COUNTS[row["way"]], example=row["example"])
        forms[column.name] = form
    return forms


def list_writing(database: Connection, layout: Layout, columns: Sequence[Column], lines: LineRange) -> ListWriting:
    """Return how the lists are written: with the declared separator, else the comma, unless another is evident."""
    declared = [column.settings.separator for column in columns if column.name == layout.list_column]
    if declared and declared[0]:
        return ListWriting(declared[0])
    usual, delimiter = layout.dialect.item_separator, layout.dialect.delimiter
    lists = [
        column
        for column in columns
        if column.role is Role.ITEMS and column.name in layout.positions and column.settings.separator is None
    ]
    others = {delimiter, *(text for text in _LIMITS.separators if text not in delimiter)} - {usual}
    possible = sorted(texts_in_lines(database, others, lines)) if lists else []
    if not possible:
        return ListWriting(usual)
    found = count_separators(database, layout, lists, [usual, *possible], _first_records(layout, lines))
    return evident_writing(found, usual, delimiter)


def evident_writing(found: dict[str, SeparatedLists], usual: str, delimiter: str) -> ListWriting:
    """Return how lists are written by what each text makes of them.

    The file's delimiter separates where more lists hold it than any other text, whether within quotes or as lists
    run on into more fields; another text does where few lists hold the usual one, a line end if no other one does.
    """
    n_lists = {text: one.separated for text, one in found.items()}
    n_usual, n_delimiter = n_lists.get(usual, 0), n_lists.get(delimiter, 0)
    if n_delimiter > max((n for text, n in n_lists.items() if text != delimiter), default=0):
        return ListWriting(delimiter)
    others = [text for text, one in found.items() if text not in (usual, delimiter) and _separates(one)]
    # An item may have several lines, or such a point in its name: Milk · 1 l.
    others = [text for text in others if text not in ("\n", "•", "·")] or [t for t in others if t != "\n"] or others
    if len(others) == 1 and n_usual <= _LIMITS.few_share * n_lists[others[0]]:
        return ListWriting(others[0])
    return ListWriting(usual, spills=delimiter == usual or n_delimiter >= _LIMITS.few_share * n_usual)


def _first_records(layout: Layout, lines: LineRange) -> LineRange:
    first = lines.first + layout.first_line - 1
    return LineRange(first, first + _LIMITS.n_records - 1)


def _separates(found: SeparatedLists) -> bool:
    """Return whether a text separates items: in half of the lists, or between parts that other lists have too."""
    return 2 * found.separated >= found.lists or 2 * found.shared >= found.parts
