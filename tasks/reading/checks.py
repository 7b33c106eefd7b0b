"""The checks of a customers file, derived from its declaration: raw texts first, then typed values.

Two stages, because one cell that is not a number would keep pandera from checking the range of
all the others. Frames in, frames of faults out: no SQL, no files.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pandera.pandas as pa

from schemas.dataset import Column
from schemas.errors import SchemaError
from schemas.fields import Role

#: Digits and letters of ASCII alone, as DuckDB converts no others.
_WHOLE_NUMBER = r"[+-]?[0-9]{1,18}(\.0*)?"
_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?"
_FLAG = r"(1|0|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo]|[YyNnTtFf])"

#: Magnitude beyond which sums of squares over any file would overflow a double.
LARGEST_NUMBER = 1e100

#: pandera check -> (code, what was expected, in words).
_EXPECTED = {
    "greater_than_or_equal_to": ("out_of_range", "expected at least {}"),
    "less_than_or_equal_to": ("out_of_range", "expected at most {}"),
    "greater_than": ("out_of_range", "expected more than {}"),
    "less_than": ("out_of_range", "expected less than {}"),
    "in_range": ("out_of_range", "expected a value in the range {}"),
    "isin": ("not_allowed", "expected one of {}"),
    "equal_to": ("not_allowed", "expected {}"),
    "notin": ("not_allowed", "expected none of {}"),
    "str_matches": ("not_allowed", "expected text like {}"),
    "str_length": ("not_allowed", "expected a length of {}"),
}


@dataclass(frozen=True)
class RawKind:
    """What the text of a cell should look like before it is converted."""

    pattern: str
    code: str
    words: str


def raw_schema(columns: tuple[Column, ...]) -> pa.DataFrameSchema:
    """Return the checks of the texts: nothing missing that must be there, every number a number."""
    return pa.DataFrameSchema({column.name: _raw_column(column) for column in text_columns(columns)})


def typed_schema(columns: tuple[Column, ...]) -> pa.DataFrameSchema:
    """Return the declared checks of the values, for the columns that have any."""
    return pa.DataFrameSchema(
        {
            column.name: pa.Column(checks=[*_finite(column), *column.checks], nullable=True)
            for column in text_columns(columns)
            if column.checks or _finite(column)
        }
    )


def items_schema(column: Column) -> pa.DataFrameSchema:
    """Return the declared checks of an items column, which hold for each item."""
    return pa.DataFrameSchema({column.name: pa.Column(checks=list(column.checks))})


def text_columns(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return the columns whose cells are single values, not lists."""
    return tuple(column for column in columns if column.role is not Role.ITEMS)


def find_faults(schema: pa.DataFrameSchema, frame: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """Return every fault that a schema finds in a frame indexed by record.

    Where the frame holds a column as it was delivered too, under ``found:`` and its name, that is
    what the fault shows.

    Returns:
        One row a fault: record, column_name, code, value, reason.
    """
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        cases = pd.DataFrame(columns=["index", "column", "check", "failure_case"])
    by_name = {column.name: column for column in columns}
    rows = [_fault(case.index, by_name[case.column], case.check, _delivered(frame, case)) for case in _cases(cases)]
    return pd.DataFrame(rows, columns=["record", "column_name", "code", "value", "reason"])


@dataclass(frozen=True)
class _Case:
    index: int
    column: str
    check: str
    failure_case: object


def _cases(cases: pd.DataFrame) -> list[_Case]:
    names = ["index", "column", "check", "failure_case"]
    found = []
    for index, column, check, value in cases[names].to_numpy():
        if pd.isna(index):
            raise SchemaError(f"the check {check} of column {column} cannot be applied to its values ({value})")
        found.append(_Case(int(index), str(column), str(check), value))
    return found


def _delivered(frame: pd.DataFrame, case: _Case) -> object:
    found = f"found:{case.column}"
    return frame.at[case.index, found] if found in frame.columns and case.check != "not_nullable" else case.failure_case


def _raw_kind(column: Column) -> RawKind | None:
    if column.role is Role.FLAG or column.value_type is bool:
        return RawKind(_FLAG, "not_a_flag", "1/0, yes/no or true/false")
    if column.value_type is int:
        return RawKind(_WHOLE_NUMBER, "not_a_whole_number", "a whole number")
    if column.value_type is float:
        return RawKind(_NUMBER, "not_a_number", "a number")
    return None


def _raw_column(column: Column) -> pa.Column:
    kind = _raw_kind(column)
    checks = [pa.Check.str_matches(f"^{kind.pattern}$")] if kind else []
    return pa.Column(str, checks, nullable=column.nullable)


def _finite(column: Column) -> list[pa.Check]:
    if column.value_type is not float:
        return []
    return [pa.Check(lambda values: np.abs(values) <= LARGEST_NUMBER, name="finite")]


def _fault(record: int, column: Column, check: str, value: object) -> tuple[int, str, str, str | None, str]:
    code, reason = _in_words(column, check, value)
    found = None if code == "missing_value" else _text(value)
    return record, column.name, code, found, reason


def _in_words(column: Column, check: str, value: object) -> tuple[str, str]:
    kind = _raw_kind(column)
    name = column.header
    if check == "not_nullable":
        return "missing_value", f"{name} is empty; expected {kind.words if kind else 'a value'}"
    if kind and check.startswith("str_matches"):
        if (readings := _two_readings(_text(value))) and column.value_type in (int, float):
            return (
                kind.code,
                f"{name} {_text(value)!r} may be {readings}; expected decimal= or thousands= in the schema",
            )
        return kind.code, f"{name} {_text(value)!r} is not {kind.words}"
    if check == "finite":
        return (
            "out_of_range",
            f"{name} {_text(value)} is too large to compute with; expected at most {LARGEST_NUMBER:g}",
        )
    found = re.fullmatch(r"(\w+)\((.*)\)", check, re.DOTALL)
    if found and found[1] in _EXPECTED:
        code, expected = _EXPECTED[found[1]]
        shown = repr(value) if isinstance(value, str) else _text(value)
        return code, f"{name} {shown}: {expected.format(found[2])}"
    return "check_failed", f"{name} {_text(value)!r} fails the declared check {check}"


def _two_readings(text: str) -> str | None:
    """Return both numbers that a text may be whose mark stands before three digits: 30.000 is 30 or 30000."""
    if not re.fullmatch(r"[+-]?[0-9]{1,3}[.,][0-9]{3}", text):
        return None
    whole, fraction = re.split("[.,]", text)
    return f"{whole}{fraction} or {float(f'{whole}.{fraction}'):g}"


def _text(value: object) -> str:
    """Return a found value as people write it: 207, not 207.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
