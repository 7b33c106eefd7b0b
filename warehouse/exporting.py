"""Write the tables of the published file to files of other formats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from schemas.errors import UsageError
from schemas.published import PUBLISHED, VIEWS
from schemas.spreadsheet import with_mark
from warehouse.connection import Connection, one_line, read_sql
from warehouse.statements.exporting import TypedColumn, count_formulas, measure_sheet, select_cells
from warehouse.statements.quoting import quote_identifier, quote_text
from warehouse.tables import read_dicts, read_value
from warehouse.workbook import Sheet, refuse_too_large, write_workbook

ExportFormat = Literal["parquet", "csv", "xlsx", "json"]

_COPY_OPTIONS = {
    "parquet": "FORMAT parquet",
    "csv": "FORMAT csv, HEADER, DELIMITER ','",
    "json": "FORMAT json, ARRAY true",
}

_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Relation:
    """A table or view, with its columns and the number of its rows."""

    schema: str
    name: str
    columns: tuple[TypedColumn, ...]
    n_rows: int

    @property
    def title(self) -> str:
        """Its name, after the schema where that is not the main one."""
        return self.name if self.schema in ("main", "temp") else f"{self.schema}.{self.name}"

    @property
    def sql(self) -> str:
        """Its name in SQL."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"


@dataclass(frozen=True)
class TableFormat:
    """How tables are written.

    Attributes:
        name: the format.
        marks_formulas: whether CSV and XLSX get a mark before what a spreadsheet would run.
    """

    name: ExportFormat
    marks_formulas: bool = True

    @property
    def is_marked(self) -> bool:
        """Whether cells are marked: Parquet and JSON are not opened as they are, and keep their texts."""
        return self.marks_formulas and self.name in ("csv", "xlsx")


def published_relations(database: Connection) -> list[Relation]:
    """Return every table and view of the published file, in the order that they are declared in, ``history`` last."""
    names = [(row["schema_name"], row["table_name"]) for row in read_dicts(database, read_sql("select_relations"))]
    declared = {name: number for number, name in enumerate((*PUBLISHED, *VIEWS))}
    names.sort(key=lambda name: (name[0] != "main", declared.get(name[1], len(declared))))
    return [relation_of(database, *name) for name in names]


def relation_of(database: Connection, schema: str, name: str) -> Relation:
    """Return a table or view with its columns and the number of its rows."""
    sql = f"{quote_identifier(schema)}.{quote_identifier(name)}"
    columns = [TypedColumn(row["column_name"], row["column_type"]) for row in read_dicts(database, f"DESCRIBE {sql}")]
    return Relation(schema, name, tuple(columns), int(read_value(database, f"SELECT count(*) FROM {sql}")))


def write_relation(database: Connection, relation: Relation, path: Path, form: TableFormat) -> int:
    """Write a table to a file of its own; return how many of its cells were marked.

    Raises:
        UsageError: it fits no sheet.
        OSError: the file cannot be written.
    """
    if form.name == "xlsx":
        return write_relations(database, [relation], path, form)
    query = _cells(relation, form) if form.name == "csv" else f"FROM {relation.sql}"
    copy(database, query, path, form.name)
    return _count_marked(database, relation, form)


def write_relations(database: Connection, relations: Sequence[Relation], path: Path, form: TableFormat) -> int:
    """Write tables to the sheets of one workbook; return how many of their cells were marked.

    Raises:
        UsageError: one of them fits no sheet; nothing is written.
        OSError: the file cannot be written.
    """
    for relation in relations:
        (size,) = read_dicts(database, measure_sheet(relation.sql, relation.columns))
        refuse_too_large(relation.title, n_columns=len(relation.columns), **size)
    write_workbook(path, (_sheet(database, relation, form) for relation in relations))
    return sum(_count_marked(database, relation, form) for relation in relations)


def copy(database: Connection, query: str, path: Path, form: str) -> None:
    """Write the rows of a query to a file.

    Raises:
        OSError: the file cannot be written.
    """
    try:
        database.execute(f"COPY ({query}) TO {quote_text(str(path))} ({_COPY_OPTIONS[form]}, USE_TMP_FILE false)")
    except duckdb.IOException as error:
        if "Corrupt database file" in str(error):
            raise
        raise OSError(0, one_line(error)) from error


def refuse_unknown(names: Sequence[str], relations: Sequence[Relation]) -> None:
    """Refuse names that no table has.

    Raises:
        UsageError: with the first of them, and the tables that there are.
    """
    known = [relation.title for relation in relations]
    for name in names:
        if name not in known:
            raise UsageError(f"--tables {name}: there is no such table; the tables are {', '.join(known)}")


def _cells(relation: Relation, form: TableFormat) -> str:
    return select_cells(relation.sql, relation.columns, marks_formulas=form.is_marked)


def _count_marked(database: Connection, relation: Relation, form: TableFormat) -> int:
    if not form.is_marked:
        return 0
    n_names = sum(with_mark(column.name) != column.name for column in relation.columns)
    return n_names + int(read_value(database, count_formulas(relation.sql, relation.columns)))


def _sheet(database: Connection, relation: Relation, form: TableFormat) -> Sheet:
    cursor = database.execute(_cells(relation, form))
    return Sheet(relation.title, [column[0] for column in cursor.description or []], _rows(cursor))


def _rows(cursor: Connection) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield from rows
