"""SQL that reads a table or view as CSV and XLSX take it: lists as JSON, and formulas marked so that none is run."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.spreadsheet import FORMULA, NUMBER, with_mark
from warehouse.statements.quoting import quote_identifier, quote_text

_NESTED = ("STRUCT", "MAP", "UNION", "JSON")


@dataclass(frozen=True)
class TypedColumn:
    """A column of a table or view, with its SQL type."""

    name: str
    sql_type: str


def select_cells(relation: str, columns: Sequence[TypedColumn], *, marks_formulas: bool) -> str:
    """Return the query for the cells of a relation: lists and maps as JSON text, all else as it is.

    Args:
        relation: the quoted name.
        columns: all its columns.
        marks_formulas: whether a ``'`` is put before texts, and names, that a spreadsheet would run.
    """
    cells = [
        f"{_marked(column) if marks_formulas else _cell(column)} AS "
        f"{quote_identifier(with_mark(column.name) if marks_formulas else column.name)}"
        for column in columns
    ]
    return f"SELECT {', '.join(cells)} FROM {relation}"


def count_formulas(relation: str, columns: Sequence[TypedColumn]) -> str:
    """Return the query for the number of cells that a spreadsheet would run, names of columns aside."""
    counts = [f"count(*) FILTER ({_is_formula(_cell(column))})" for column in columns if _is_text(column)]
    return f"SELECT {' + '.join(['count(*) FILTER (false)', *counts])} FROM {relation}"


def measure_sheet(relation: str, columns: Sequence[TypedColumn]) -> str:
    """Return the query for what a sheet has limits for: the number of rows, and of characters in the longest cell."""
    lengths = [f"max(length({_cell(column)}))" for column in columns if _is_text(column) or _is_nested(column)]
    return f"SELECT count(*) AS n_rows, greatest({', '.join(['0', *lengths])}) AS longest FROM {relation}"


def _cell(column: TypedColumn) -> str:
    name = quote_identifier(column.name)
    return f"to_json({name})::VARCHAR" if _is_nested(column) else name


def _marked(column: TypedColumn) -> str:
    cell = _cell(column)
    return f"CASE WHEN {_is_formula(cell)} THEN '''' || {cell} ELSE {cell} END" if _is_text(column) else cell


def _is_formula(text: str) -> str:
    starts, number = quote_text(f"^{FORMULA}"), quote_text(NUMBER)
    return f"(regexp_matches({text}, {starts}) AND NOT regexp_full_match({text}, {number}))"


def _is_text(column: TypedColumn) -> bool:
    return column.sql_type == "VARCHAR"


def _is_nested(column: TypedColumn) -> bool:
    return column.sql_type.endswith("]") or column.sql_type.startswith(_NESTED)
