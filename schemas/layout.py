"""``Layout``: where the declared columns are in the records of a delivered file."""

from dataclasses import dataclass

from schemas.dialect import Dialect


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
        wide_column: an items column delivered as one 0/1 column per item.
        item_positions: item -> position, of the wide column's items.
        undeclared: (header, position) of the undeclared columns.
        reject_positions: positions of line and reason in a file of corrected rows.
        rejects_undeclared: whether a value in an undeclared column rejects its row.
        closes_records: whether the records, but not the header, have a trailing delimiter.
        spills: whether lists may run on into more fields; not where they are all written within one.
        text_marks: whether cells have the mark that keeps a spreadsheet from reading them as numbers.
        bracketed: names of the items columns whose lists are in brackets, as programs write them.
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
    undeclared: tuple[tuple[str, int], ...] = ()
    reject_positions: tuple[int, ...] = ()
    rejects_undeclared: bool = False
    closes_records: bool = False
    spills: bool = True
    text_marks: bool = False
    bracketed: tuple[str, ...] = ()

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
