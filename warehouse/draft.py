"""Look at a file that nobody declared: its records in ``work.fields``, and what each of its columns holds."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from schemas.dialect import Dialect
from warehouse.connection import Connection, read_sql
from warehouse.statements.quotes import select_unquoted_fields
from warehouse.statements.quoting import quote_text
from warehouse.tables import read_dicts, read_value

#: Cells that are looked at; of a file with more only every second, third, ... record is.
CELLS_LOOKED_AT = 10_000_000

#: Different texts of a column that are shown to the one who decides its kind.
COMMONEST = 60

#: Memory for the tables of a draft; what is more goes to the disk.
_MEMORY = "600MB"


@dataclass(frozen=True)
class Counted:
    """A text of a column and the number of its cells that hold it."""

    text: str
    n: int
    is_missing_word: bool = False


@dataclass(frozen=True)
class CountedNumber:
    """A number of a column and the number of its cells that hold it."""

    v: float
    n: int


@dataclass(frozen=True)
class Numbers:
    """The distribution of the numbers of a column, in its own unit.

    Attributes:
        has_fractions: whether some number is written with a decimal mark.
        is_whole: whether every number is whole, however it is written: 12.0 is.
        lowest_values: the three lowest different numbers, ascending.
        highest_values: the three highest different numbers, descending.
    """

    n_numbers: int
    n_different: int
    has_fractions: bool
    is_whole: bool
    lowest: float
    highest: float
    mean: float
    skewness: float
    lowest_values: tuple[CountedNumber, ...]
    highest_values: tuple[CountedNumber, ...]


@dataclass(frozen=True)
class Marks:
    """How the numbers of a column use the marks between their digits; counts of cells.

    Attributes:
        n_plain: digits alone.
        n_points: one decimal point at the most; n_points_or_groups of them may as well group thousands.
        n_commas: one decimal comma; n_commas_or_groups of them may as well group thousands.
        longest_plain: digits of the longest number of digits alone.
    """

    n_numbers: int
    n_plain: int
    n_points: int
    n_points_or_groups: int
    n_commas: int
    n_commas_or_groups: int
    n_point_groups: int
    n_comma_groups: int
    n_blank_groups: int
    n_apostrophe_groups: int
    longest_plain: int


@dataclass(frozen=True)
class ListMark:
    """A mark that may stand between the things of a list in the cells of a column.

    Attributes:
        n_cells: cells that hold the mark.
        n_sizes: different numbers of things in a cell.
        most: things in the longest list.
        n_shared: things that stand in several cells and at several places, of n_things.
    """

    mark: str
    n_cells: int
    n_sizes: int
    most: int
    n_different: int
    n_things: int
    n_shared: int


@dataclass(frozen=True)
class ColumnLook:
    """What the cells of a column look like; counts of cells unless said otherwise.

    Attributes:
        n_missing: words that commonly stand for a missing value.
        n_different: different texts, whatever their case, empty ones and words for a missing value aside.
        n_once: texts that stand in one cell alone.
        n_leading_zeros: different texts of digits that begin with 0.
        n_codes: texts without blanks that hold a digit.
        grouping: the same for two columns that put the same rows together, whatever their texts.
        commonest: the commonest texts, of every case the commonest spelling.
        affixes: (before, after) of the numbers -> cells.
    """

    column_number: int
    n_cells: int
    n_empty: int
    n_missing: int
    n_numbers: int
    n_amounts: int
    n_instants: int
    n_links: int
    n_mails: int
    n_uuids: int
    n_phones: int
    n_texts: int
    n_different: int
    n_once: int
    longest: int
    n_leading_zeros: int
    n_codes: int
    grouping: int
    commonest: tuple[Counted, ...] = ()
    affixes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    list_marks: tuple[ListMark, ...] = ()
    marks: Marks | None = None

    @property
    def n_filled(self) -> int:
        """Cells that are not empty."""
        return self.n_cells - self.n_empty


@dataclass(frozen=True)
class Looked:
    """The columns by their number from 1, and the step between the records that were looked at."""

    columns: dict[int, ColumnLook]
    step: int


@dataclass(frozen=True)
class LookPatterns:
    """What texts look like, as ``tasks.draft.text.looks`` has it."""

    number: str
    amount: str
    hashes: str
    missing_words: frozenset[str]
    looks: Mapping[str, str]


@dataclass(frozen=True)
class WrittenNumbers:
    """How the file writes numbers: its marks, and the patterns of a number and of a whole number."""

    decimal: str
    thousands: str | None
    number: str
    whole_number: str


@dataclass(frozen=True)
class UndecodableLines:
    """How many of the lines of a file hold bytes which are no text; the first of them, and what it holds."""

    n_lines: int
    n_undecodable: int
    first: int | None
    found: str | None


@contextmanager
def draft_database(folder: Path) -> Iterator[Connection]:
    """Open a database for one draft, whose tables are in ``folder``."""
    database = duckdb.connect(config={"python_enable_replacements": False})
    try:
        database.execute(f"SET memory_limit = {quote_text(_MEMORY)}")
        database.execute(f"SET temp_directory = {quote_text(str(folder / 'spill'))}")
        database.execute(f"ATTACH {quote_text(str(folder / 'draft.duckdb'))} AS work")
        yield database
    finally:
        database.close()


def create_fields(
    database: Connection, dialect: Dialect, header_line: int, header: Sequence[str], closed_width: int
) -> None:
    """Split ``work.framed`` into ``work.fields``: one row a record behind the header.

    Args:
        closed_width: number of fields of a record with a delimiter behind the last one; 0 where there is none such.
    """
    database.execute(f"CREATE OR REPLACE VIEW work.field_lists AS {select_unquoted_fields(dialect)}")
    parameters = {"header_line": header_line, "header": list(header), "closed_width": closed_width}
    database.execute(read_sql("draft/create_fields"), parameters)
    database.execute(read_sql("draft/delete_undecodable"))


def undecodable_lines(database: Connection) -> UndecodableLines:
    """Return what is known of the lines that hold bytes which are no text."""
    return UndecodableLines(**read_dicts(database, read_sql("draft/count_undecodable"))[0])


def count_widths(database: Connection) -> dict[int, int]:
    """Return how many records have how many fields, the commonest number first."""
    return dict(database.execute(read_sql("draft/count_widths")).fetchall())


def look_at_columns(
    database: Connection, n_columns: int, list_column: int, patterns: LookPatterns, list_marks: Sequence[str]
) -> Looked:
    """Return what every column looks like.

    Args:
        n_columns: number of columns; records of other lengths are left out.
        list_column: number of the column that takes the fields that are too many, from 1; 0 if there is none.
        patterns: what texts look like.
        list_marks: marks that may stand between the things of a list in one field.
    """
    n_cells = int(read_value(database, "SELECT coalesce(sum(len(fields)), 0) FROM work.fields"))
    step = max(1, -(-n_cells // CELLS_LOOKED_AT))
    shape = {"n_columns": n_columns, "list_column": list_column, "step": step}
    database.execute(read_sql("draft/create_values"), shape)
    database.execute(read_sql("draft/create_looks"), _pattern_parameters(patterns))
    return Looked(_columns(database, list_marks), step)


def read_numbers(database: Connection, written: WrittenNumbers) -> None:
    """Read the numbers of every column as the file writes them; what is written otherwise is none."""
    parameters = {
        "decimal": written.decimal,
        # A number without a mark of thousands has none to take out; this one stands in no file.
        "thousands": written.thousands or "\0",
        "written_number": written.number,
        "whole_number": written.whole_number,
    }
    database.execute(read_sql("draft/create_numbers"), parameters)
    database.execute(read_sql("draft/create_sentinels"))


def leave_out(database: Connection, sentinels: Sequence[tuple[int, float]]) -> None:
    """Take numbers that stand for missing values for what they are: (column number, number)."""
    if sentinels:
        database.executemany("INSERT INTO work.draft_sentinels VALUES (?, ?)", [list(pair) for pair in sentinels])


def describe_numbers(database: Connection) -> dict[int, Numbers]:
    """Return the distribution of the numbers of every column that holds any, by its number from 1."""
    found = {}
    for row in read_dicts(database, read_sql("draft/describe_numbers")):
        column_number = row.pop("column_number")
        lowest, highest = (_ends(row.pop(name)) for name in ("lowest_values", "highest_values"))
        found[column_number] = Numbers(**row, lowest_values=lowest, highest_values=highest)
    return found


def never_falls(database: Connection, column_number: int) -> bool:
    """Return whether the numbers of a column never fall from one record to the next."""
    n_falls: int = read_value(database, read_sql("draft/count_falls"), {"place": column_number})
    return n_falls == 0


def strange_texts(database: Connection) -> dict[int, tuple[Counted, ...]]:
    """Return the texts that are no numbers in columns that hold numbers, by the column's number."""
    return _texts(database, "draft/list_strange")


def _columns(database: Connection, list_marks: Sequence[str]) -> dict[int, ColumnLook]:
    commonest = _texts(database, "draft/list_commonest")
    affixes = _by_column(database, "draft/list_affixes")
    marks = _by_column(database, "draft/count_marks")
    lists = _by_column(database, "draft/describe_lists", {"marks": list(list_marks)})
    return {
        row["column_number"]: ColumnLook(
            **row,
            commonest=commonest.get(row["column_number"], ()),
            affixes={(found["before"], found["after"]): found["n"] for found in affixes.get(row["column_number"], [])},
            list_marks=tuple(ListMark(**found) for found in lists.get(row["column_number"], [])),
            marks=next((Marks(**found) for found in marks.get(row["column_number"], [])), None),
        )
        for row in read_dicts(database, read_sql("draft/describe_columns"))
    }


def _pattern_parameters(patterns: LookPatterns) -> dict[str, Any]:
    return {
        "number": patterns.number,
        "amount": patterns.amount,
        "narrow": patterns.hashes,
        "missing_words": sorted(patterns.missing_words),
        "instant": patterns.looks["instant"],
        "link": patterns.looks["link"],
        "mail": patterns.looks["e-mail"],
        "uuid": patterns.looks["uuid"],
        "phone": patterns.looks["phone"],
    }


def _ends(values: list[dict[str, Any]]) -> tuple[CountedNumber, ...]:
    return tuple(CountedNumber(**value) for value in values)


def _texts(database: Connection, name: str) -> dict[int, tuple[Counted, ...]]:
    rows = _by_column(database, name, {"n_values": COMMONEST})
    return {
        column_number: tuple(Counted(found["value"], found["n"], found["is_missing_word"]) for found in group)
        for column_number, group in rows.items()
    }


def _by_column(
    database: Connection, name: str, parameters: Mapping[str, Any] | None = None
) -> dict[int, list[dict[str, Any]]]:
    groups: dict[int, list[dict[str, Any]]] = {}
    for row in read_dicts(database, read_sql(name), parameters):
        groups.setdefault(row.pop("column_number"), []).append(row)
    return groups
