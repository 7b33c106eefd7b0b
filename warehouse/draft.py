"""Profile a file that no schema declares: its records in ``work.fields``, and what each of its columns holds."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from schemas.dialect import Dialect, NumberMarks
from warehouse.connection import Connection, read_sql
from warehouse.statements.fields import any_cell_text
from warehouse.statements.lists import plain_item, separable_text
from warehouse.statements.numbers import counted_evidence, plain_number, power_of, signs_around, written_number
from warehouse.statements.quotes import select_unquoted_fields
from warehouse.statements.quoting import quote_text
from warehouse.tables import read_dicts, read_value

#: Cells that are profiled; of a file with more only every second, third, ... record is.
MAX_CELLS = 10_000_000

#: Different texts of a column by which its kind is decided.
MAX_TEXTS = 60

#: Share of the known cells that are numbers in a column of numbers.
_MOSTLY_NUMBERS = 0.9

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
class Affix:
    """What stands before and after some numbers of a column, how many cells have it, and one of them."""

    before: str
    after: str
    n: int
    example: str


@dataclass(frozen=True)
class Numbers:
    """The distribution of the numbers of a column, in its own unit.

    Attributes:
        has_fractions: whether some number is written with a decimal mark or an exponent.
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
class ListMark:
    """A mark that may stand between the items of a list in the cells of a column.

    Attributes:
        n_cells: cells that hold the mark.
        n_sizes: different numbers of items in a cell.
        longest: items in the longest list.
        n_shared: items that stand in several cells and at several positions, of n_items.
    """

    mark: str
    n_cells: int
    n_sizes: int
    longest: int
    n_items: int
    n_shared: int


@dataclass(frozen=True)
class ColumnProfile:
    """What the cells of a column hold.

    Attributes:
        types: type of a cell, as ``tasks.draft.text.cell_types`` names it -> cells.
        n_different: different texts, whatever their case, empty ones and words for a missing value aside.
        n_once: texts that stand in one cell alone.
        longest: characters of the longest text.
        n_leading_zeros: different texts of digits that begin with 0.
        n_codes: cells without spaces that hold a digit.
        grouping: the same for two columns that put the same rows together, whatever their texts.
        most_common: the most common texts, of every case the most common spelling.
        non_numeric: the same of those that are not numbers.
        affixes: what stands before and after the numbers, where anything does.
    """

    column_number: int
    n_cells: int
    types: Mapping[str, int]
    n_different: int
    n_once: int
    longest: int
    n_leading_zeros: int
    n_codes: int
    grouping: int
    most_common: tuple[Counted, ...] = ()
    non_numeric: tuple[Counted, ...] = ()
    affixes: Sequence[Affix] = ()
    list_marks: tuple[ListMark, ...] = ()

    @property
    def n_known(self) -> int:
        """Cells that hold something, words for a missing value aside."""
        return self.n_cells - self.count("empty", "missing")

    @property
    def is_numeric(self) -> bool:
        """Whether the cells that hold something are numbers, but for a few."""
        return self.n_known > 0 and self.count("number", "amount") >= _MOSTLY_NUMBERS * self.n_known

    def count(self, *types: str) -> int:
        """Return the number of cells of some types."""
        return sum(self.types.get(name, 0) for name in types)


@dataclass(frozen=True)
class Profiles:
    """The columns by their number from 1, and the step between the records that were profiled."""

    columns: dict[int, ColumnProfile]
    step: int


@dataclass(frozen=True)
class UndecodableLines:
    """How many of the lines of a file hold bytes that are not text; the first of them, and what it holds."""

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


def create_fields(database: Connection, dialect: Dialect, header_line: int, closed_width: int) -> None:
    """Split the records into ``work.fields``: one row per record below the header.

    Args:
        header_line: line on which the header begins; 0 where there is none.
        closed_width: fields of a record with a trailing delimiter; 0 where records have none.
    """
    database.execute(f"CREATE OR REPLACE VIEW work.field_lists AS {select_unquoted_fields(dialect)}")
    database.execute(f"CREATE OR REPLACE TEMP MACRO cell_text(field) AS {any_cell_text('field')}")
    database.execute(read_sql("draft/create_fields"), {"header_line": header_line, "closed_width": closed_width})


def undecodable_lines(database: Connection) -> UndecodableLines:
    """Return what is known of the lines that hold bytes that are not text."""
    return UndecodableLines(**read_dicts(database, read_sql("draft/count_undecodable"))[0])


def has_gaps(database: Connection) -> bool:
    """Return whether some record may be a total, a heading or a drawn line: a cell of it is empty, or dashes."""
    return bool(read_value(database, read_sql("draft/has_gaps")))


def report_lines(database: Connection) -> dict[str, list[int]]:
    """Return the lines of the rejected rows that are no customers, by the code of what they are."""
    return dict(database.execute(read_sql("draft/list_report_lines")).fetchall())


def leave_out(database: Connection, lines: Sequence[int]) -> None:
    """Take the records that begin on some lines out of ``work.fields``."""
    database.execute("DELETE FROM work.fields WHERE list_contains($lines, line_number)", {"lines": list(lines)})


def count_comments(database: Connection, comment: str, header_line: int) -> int:
    """Return how many lines below the header begin with the mark of comments."""
    return int(read_value(database, read_sql("draft/count_comments"), {"comment": comment, "header_line": header_line}))


def count_widths(database: Connection) -> dict[int, int]:
    """Return number of fields -> records that have as many, the most common number first."""
    return dict(database.execute(read_sql("draft/count_widths")).fetchall())


def profile_columns(
    database: Connection,
    n_columns: int,
    list_column: int,
    patterns: Mapping[str, object],
    signs: tuple[str, str],
    list_marks: Sequence[str],
) -> Profiles:
    """Return the profile of every column.

    Args:
        n_columns: number of columns; records of other lengths are left out.
        list_column: number of the column that takes the surplus fields, from 1; 0 if there is none.
        patterns: parameters of ``create_texts.sql``: type of a cell -> its pattern.
        signs: patterns of what may stand before a number, and after one.
        list_marks: marks that may stand between the items of a list in one field.
    """
    n_cells = int(read_value(database, "SELECT coalesce(sum(len(fields)), 0) FROM work.fields"))
    step = max(1, -(-n_cells // MAX_CELLS))
    shape = {"n_columns": n_columns, "list_column": list_column, "step": step}
    database.execute(read_sql("draft/create_values"), shape)
    for name, expression in (("written", written_number("v", *signs)), ("signs", signs_around("v", *signs))):
        database.execute(f"CREATE OR REPLACE TEMP MACRO {name}_of(v) AS {expression}")
    database.execute(read_sql("draft/create_texts"), patterns)
    return Profiles(_columns(database, list_marks), step)


def number_marks(database: Connection, column_numbers: Sequence[int], *, is_comma_quoted: bool) -> NumberMarks:
    """Return what the numbers of some columns show of decimal and thousands marks.

    Args:
        column_numbers: the columns of numbers.
        is_comma_quoted: whether fields are separated by commas, so that a comma within a number was quoted on purpose.
    """
    query = f"SELECT {counted_evidence('n')} FROM ({read_sql('draft/list_numbers').strip().rstrip(';')})"
    parameters = {"column_numbers": list(column_numbers), "is_comma_quoted": is_comma_quoted}
    return NumberMarks(**read_dicts(database, query, parameters)[0])


def read_numbers(database: Connection, dialect: Dialect, units: Mapping[int, Mapping[str, int]]) -> None:
    """Read the numbers of every column as a run reads them; null where they are written otherwise.

    Args:
        dialect: the marks of the numbers.
        units: column number -> texts after its numbers and what they multiply them by.
    """
    factors = {unit: factor for of_column in units.values() for unit, factor in of_column.items()}
    database.execute(f"CREATE OR REPLACE TEMP MACRO plain_number(core) AS {plain_number('core', dialect)}")
    database.execute(f"CREATE OR REPLACE TEMP MACRO power_of(unit) AS {power_of('unit', factors)}")
    database.execute(read_sql("draft/create_numbers"), {"scaled": list(units)})
    database.execute("CREATE OR REPLACE TABLE work.draft_sentinels (column_number BIGINT, v DOUBLE)")


def add_sentinels(database: Connection, sentinels: Sequence[tuple[int, float]]) -> None:
    """Leave numbers that stand for missing values out of the distributions: (column number, number)."""
    database.executemany("INSERT INTO work.draft_sentinels VALUES (?, ?)", [list(pair) for pair in sentinels])


def describe_numbers(database: Connection) -> dict[int, Numbers]:
    """Return the distribution of the numbers of every column that holds any, by its number from 1."""
    found = {}
    for row in read_dicts(database, read_sql("draft/describe_numbers")):
        column_number = row.pop("column_number")
        low, high = (
            tuple(CountedNumber(**end) for end in row.pop(name)) for name in ("lowest_values", "highest_values")
        )
        found[column_number] = Numbers(**row, lowest_values=low, highest_values=high)
    return found


def unread_numbers(database: Connection) -> dict[int, Counted]:
    """Return one of the numbers whose marks are not those that were found, and their cells, by column number."""
    found = read_dicts(database, read_sql("draft/list_unread"))
    return {row.pop("column_number"): Counted(**row) for row in found}


def zero_rows(database: Connection) -> dict[int, tuple[int, int]]:
    """Return how many rows hold the number 0, and a hash of which, by the number of the column."""
    return {number: (n, rows) for number, n, rows in database.execute(read_sql("draft/list_zeros")).fetchall()}


def pads_dashes(database: Connection, column_number: int) -> bool:
    """Return whether the dashes of a column are padded as an accounting format pads them, which writes 0 so."""
    return bool(read_value(database, read_sql("draft/pads_dashes"), {"column_number": column_number}))


def never_falls(database: Connection, column_number: int) -> bool:
    """Return whether the numbers of a column never fall from one record to the next."""
    n_falls: int = read_value(database, read_sql("draft/count_falls"), {"column_number": column_number})
    return n_falls == 0


def _columns(database: Connection, list_marks: Sequence[str]) -> dict[int, ColumnProfile]:
    most_common = _texts(database, ["empty"])
    non_numeric = _texts(database, ["empty", "number", "amount"])
    database.execute(f"CREATE OR REPLACE TEMP MACRO separable_text(t, mark) AS {separable_text('t', 'mark')}")
    database.execute(f"CREATE OR REPLACE TEMP MACRO plain_item(t) AS {plain_item('t')}")
    lists = _by_column(database, "draft/describe_lists", {"marks": list(list_marks)})
    affixes = _by_column(database, "draft/list_affixes")
    return {
        (number := row["column_number"]): ColumnProfile(
            **row,
            most_common=most_common.get(number, ()),
            non_numeric=non_numeric.get(number, ()),
            affixes=[Affix(**found) for found in affixes.get(number, [])],
            list_marks=tuple(ListMark(**found) for found in lists.get(number, [])),
        )
        for row in read_dicts(database, read_sql("draft/describe_columns"))
    }


def _texts(database: Connection, left_out: Sequence[str]) -> dict[int, tuple[Counted, ...]]:
    """Return the most common texts of every column, those of some types left out."""
    groups = _by_column(database, "draft/list_texts", {"left_out": left_out, "n_values": MAX_TEXTS})
    return {column_number: tuple(Counted(**found) for found in group) for column_number, group in groups.items()}


def _by_column(
    database: Connection, name: str, parameters: Mapping[str, Any] | None = None
) -> dict[int, list[dict[str, Any]]]:
    groups: dict[int, list[dict[str, Any]]] = {}
    for row in read_dicts(database, read_sql(name), parameters):
        groups.setdefault(row.pop("column_number"), []).append(row)
    return groups
