"""``Layout``: where the declared columns are in the records of a delivered file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.dialect import Dialect


@dataclass(frozen=True)
class WideCells:
    """What the cells of a list say that is delivered as one column per item, in lower case.

    Attributes:
        yes: for an item that is there.
        no: for one that is not.
        are_counts: whether any whole number is allowed, and an item is there where it is above 0.
    """

    yes: tuple[str, ...] = ("1",)
    no: tuple[str, ...] = ("0",)
    are_counts: bool = False

    @property
    def in_words(self) -> str:
        """What the cells hold: "0 and 1"."""
        return "counts" if self.are_counts else " and ".join(word or "blanks" for word in (*self.no, *self.yes))


@dataclass(frozen=True)
class ListForm:
    """What is around the items of a column's lists, beside what separates them.

    Attributes:
        has_entities: whether the file may hold HTML entities.
        is_enclosed: whether its lists are in brackets, or of items in quotes, as programs write them.
        has_bullets: whether a bullet or a number stands before each of its items.
        last_word: the word before the last item, such as and.
        whole: items that hold it, and are one.
        count: pattern of an item with a count, which is ``{}``; its group is the item.
        example: one of those.
    """

    has_entities: bool = False
    is_enclosed: bool = False
    has_bullets: bool = False
    last_word: str | None = None
    whole: tuple[str, ...] = ()
    count: str | None = None
    example: str = ""


@dataclass(frozen=True)
class Layout:
    """Where each declared column is in a record.

    Attributes:
        dialect: how the file writes its records.
        header: the headers as delivered; those of the declaration where the file has none.
        header_text: the header record as delivered; empty where there is none.
        header_line: line on which the header begins; 0 where there is none.
        first_line: line from which the customers' records are read.
        positions: declared column name -> position in a record, from 0.
        list_column: the one items column; it takes the fields that a record has too many.
        wide_column: an items column delivered as one column per item, such as of 0 and 1.
        item_positions: item -> position, of the wide column's items.
        item_cells: what their cells say.
        undeclared: (header, position) of the undeclared columns.
        repeated: (declared column name, position) of each further column of its header, which must hold the same.
        reject_positions: positions of line and reason in a file of corrected rows.
        rejects_undeclared: whether a value in an undeclared column rejects its row.
        closes_records: whether the records, but not the header, have a trailing delimiter.
        spills: whether lists may run on into more fields; not where they are all written within one.
        text_marks: whether cells have the mark that keeps a spreadsheet from reading them as numbers.
        forms: name of an items column -> what is around its items.
    """

    dialect: Dialect
    header: tuple[str, ...]
    positions: dict[str, int]
    header_text: str = ""
    header_line: int = 0
    first_line: int = 1
    list_column: str | None = None
    wide_column: str | None = None
    item_positions: tuple[tuple[str, int], ...] = ()
    item_cells: WideCells = WideCells()
    undeclared: tuple[tuple[str, int], ...] = ()
    repeated: tuple[tuple[str, int], ...] = ()
    reject_positions: tuple[int, ...] = ()
    rejects_undeclared: bool = False
    closes_records: bool = False
    spills: bool = True
    text_marks: bool = False
    forms: Mapping[str, ListForm] = field(default_factory=dict)

    @property
    def is_repair(self) -> bool:
        """Whether it is a file of rejected rows, resubmitted after correction."""
        return bool(self.reject_positions)

    @property
    def takes_more(self) -> bool:
        """Whether the list takes the fields that a record has too many, as delimiters separate its items."""
        may_spill = self.spills and self.dialect.item_separator in (",", self.dialect.delimiter)
        return self.list_column is not None and may_spill

    @property
    def n_fields(self) -> int:
        """Number of fields of a record."""
        return len(self.header)
