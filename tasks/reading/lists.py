"""Find how the lists of a file are written: the separator of their items, and whether they are in brackets."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.dataset import Column
from schemas.dialect import LineRange
from schemas.fields import Role
from schemas.layout import Layout
from warehouse.connection import Connection
from warehouse.record_spans import any_line_contains
from warehouse.records import SeparatedLists, bracketed_shares, count_separators


@dataclass(frozen=True)
class ListLimits:
    """What shows how lists are written.

    Attributes:
        separators: what may separate items beside the comma, and the delimiter of the file.
        n_records: first records that show the separator; more would not change the answer.
        few_share: share of the separated lists up to which commas in others are part of an item.
        bracketed_share: share of the lists above which all of them are taken to be in brackets.
    """

    separators: tuple[str, ...] = ("|", ";")
    n_records: int = 50_000
    few_share: float = 0.1
    bracketed_share: float = 0.9


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


def bracketed_lists(
    database: Connection, layout: Layout, columns: Sequence[Column], lines: LineRange
) -> tuple[str, ...]:
    """Return the names of the items columns whose lists are in brackets, nearly all of them."""
    lists = [column for column in columns if column.role is Role.ITEMS and column.name in layout.positions]
    if not lists or not any(any_line_contains(database, bracket, lines) for bracket in "[({"):
        return ()
    shares = bracketed_shares(database, layout, lists)
    return tuple(name for name, share in shares.items() if share > _LIMITS.bracketed_share)


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
    possible = [text for text in sorted(others) if any_line_contains(database, text, lines)] if lists else []
    if not possible:
        return ListWriting(usual)
    first = lines.first + layout.first_line - 1
    records = LineRange(first, first + _LIMITS.n_records - 1)
    return evident_writing(count_separators(database, layout, lists, [usual, *possible], records), usual, delimiter)


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


def _separates(found: SeparatedLists) -> bool:
    """Return whether a text separates items: in half of the lists, or between parts that other lists have too."""
    return 2 * found.separated >= found.lists or 2 * found.shared >= found.parts
