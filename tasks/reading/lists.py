"""Find how the lists of a file are written: the separator of their items, and what is around these."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import unescape

from schemas.dataset import Column
from schemas.dialect import LineRange
from schemas.fields import Role
from schemas.layout import Layout, ListForm
from warehouse.connection import Connection
from warehouse.record_spans import any_line_contains, has_long_records
from warehouse.records import (
    CountedItems,
    SeparatedLists,
    count_counted_items,
    count_separators,
    enclosed_shares,
    entities_of,
    items_with_word,
    share_with_word,
)


@dataclass(frozen=True)
class ListLimits:
    """What shows how lists are written.

    Attributes:
        separators: what may separate items beside the comma, and the delimiter of the file.
        last_words: words that may stand before the last item.
        n_records: first records that show how lists are written; more would not change the answer.
        few_share: share of the separated lists up to which commas in others are part of an item.
        usual_share: share of the lists above which all are taken to be in brackets, or to have a word before their end.
        max_entities: different HTML entities that are read; more would slow the reading.
        max_whole: items with such a word that may be one.
        some_share: share of the items from which a count is one, if items that recur with others are nearly all.
        recurring_share: share of the items with a count that makes nearly all of them.
    """

    separators: tuple[str, ...] = ("|", ";", "&#44;", "\n")
    last_words: tuple[str, ...] = ("and", "&", "und", "et", "y", "e", "en", "og", "och")
    n_records: int = 50_000
    few_share: float = 0.1
    usual_share: float = 0.9
    max_entities: int = 50
    max_whole: int = 1_000
    some_share: float = 0.05
    recurring_share: float = 0.8


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
    entities = _entities(database, lines) if any_line_contains(database, "&", lines) else ()
    enclosed = _enclosed_lists(database, layout, lists, lines)
    forms = {one.name: ListForm(entities=entities, is_enclosed=one.name in enclosed) for one in lists}
    for column in lists:
        forms[column.name] = _with_last_word(database, replace(layout, forms=forms), column, lines)
        forms[column.name] = _with_count(database, replace(layout, forms=forms), column, lines)
    return forms


def _entities(database: Connection, lines: LineRange) -> tuple[tuple[str, str], ...]:
    """Return the HTML entities of a file, and what they stand for; that of & last, as another may begin with it."""
    known = [(entity, text) for entity in entities_of(database, lines) if (text := unescape(entity)) != entity]
    return tuple(sorted(known[: _LIMITS.max_entities], key=lambda one: one[1] == "&"))


def _enclosed_lists(
    database: Connection, layout: Layout, lists: Sequence[Column], lines: LineRange
) -> frozenset[str]:
    """Return the names of the items columns of which nearly all lists are in brackets or quotes."""
    quote, escape = layout.dialect.quote or "", layout.dialect.escape or ""
    marks = ["[", "(", "{", *(mark for mark in "\"'" if mark != quote), *({quote * 2, escape + quote} - {"", quote})]
    if not any(any_line_contains(database, mark, lines) for mark in marks):
        return frozenset()
    shares = enclosed_shares(database, layout, lists, _first_records(layout, lines))
    return frozenset(name for name, share in shares.items() if share > _LIMITS.usual_share)


def _with_last_word(database: Connection, layout: Layout, column: Column, lines: LineRange) -> ListForm:
    """Return the form of a column with the word before the last item, where nearly all lists of several have one."""
    form = layout.forms[column.name]
    for word in _LIMITS.last_words:
        if not any_line_contains(database, f" {word} ", lines):
            continue
        share = share_with_word(database, layout, column, word, _first_records(layout, lines))
        if share > _LIMITS.usual_share:
            whole = items_with_word(database, layout, column, word)
            return replace(form, last_word=word, whole=whole) if len(whole) <= _LIMITS.max_whole else form
    return form


def _with_count(database: Connection, layout: Layout, column: Column, lines: LineRange) -> ListForm:
    """Return the form of a column with the count that its items carry, where that is evident."""
    form = layout.forms[column.name]
    found = count_counted_items(database, layout, column, _first_records(layout, lines))
    for count, figures in found:
        if are_counts(figures):
            return replace(form, count=count, example=figures.example)
    return form


def are_counts(found: CountedItems) -> bool:
    """Return whether numbers beside items are counts: small, of several products, of most items or of what recurs."""
    is_small = 2 * found.few >= found.counted
    # Of one product, they tell its kinds apart: Level 1, Level 2.
    is_shared = found.products > 1 or found.spellings == 1
    is_some = found.counted >= _LIMITS.some_share * found.items
    is_recurring = is_some and found.recurring >= _LIMITS.recurring_share * found.counted
    return is_small and is_shared and (2 * found.counted > found.items or is_recurring)


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
    possible = [text for text in sorted(others) if _is_there(database, text, lines)] if lists else []
    if not possible:
        return ListWriting(usual)
    found = count_separators(database, layout, lists, [usual, *possible], _first_records(layout, lines))
    return evident_writing(found, usual, delimiter)


def evident_writing(found: dict[str, SeparatedLists], usual: str, delimiter: str) -> ListWriting:
    """Return how lists are written by what each text makes of them.

    The file's delimiter separates where more lists hold it than any other text, whether within quotes or as lists
    run on into more fields; another text does where few lists hold the usual one.
    """
    n_lists = {text: one.separated for text, one in found.items()}
    n_usual, n_delimiter = n_lists.get(usual, 0), n_lists.get(delimiter, 0)
    if n_delimiter > max((n for text, n in n_lists.items() if text != delimiter), default=0):
        return ListWriting(delimiter)
    others = [text for text, one in found.items() if text not in (usual, delimiter) and _separates(one)]
    if len(others) == 1 and n_usual <= _LIMITS.few_share * n_lists[others[0]]:
        return ListWriting(others[0])
    return ListWriting(usual, spills=delimiter == usual or n_delimiter >= _LIMITS.few_share * n_usual)


def _is_there(database: Connection, text: str, lines: LineRange) -> bool:
    return has_long_records(database, lines) if text == "\n" else any_line_contains(database, text, lines)


def _first_records(layout: Layout, lines: LineRange) -> LineRange:
    first = lines.first + layout.first_line - 1
    return LineRange(first, first + _LIMITS.n_records - 1)


def _separates(found: SeparatedLists) -> bool:
    """Return whether a text separates items: in half of the lists, or between parts that other lists have too."""
    return 2 * found.separated >= found.lists or 2 * found.shared >= found.parts
