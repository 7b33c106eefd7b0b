"""The checks of a customers file, derived from its declaration: raw texts first, then typed values.

Two stages, because one cell that is not a number would keep pandera from checking the range of
all the others. Frames in, frames of faults out: no SQL, no files.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from schemas.dataset import Column
from schemas.errors import SchemaError
from schemas.fields import Role
from schemas.written_numbers import why_unread
from schemas.yes_no import NO_WORDS, YES_WORDS

#: A long number as a spreadsheet rounds it: as the key of a customer it is lost.
ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{1,3}")

#: Magnitude beyond which sums of squares over any file would overflow a double.
LARGEST_NUMBER = 1e100

#: Name of a pandera check -> code, and what was expected, with the statistics of the check.
_EXPECTED = {
    "greater_than_or_equal_to": ("out_of_range", "expected at least {min_value}"),
    "less_than_or_equal_to": ("out_of_range", "expected at most {max_value}"),
    "greater_than": ("out_of_range", "expected more than {min_value}"),
    "less_than": ("out_of_range", "expected less than {max_value}"),
    "in_range": ("out_of_range", "expected a value in the range {min_value}, {max_value}"),
    "isin": ("not_allowed", "expected one of {allowed_values}"),
    "equal_to": ("not_allowed", "expected {value}"),
    "notin": ("not_allowed", "expected none of {forbidden_values}"),
    "str_matches": ("not_allowed", "expected text like {pattern!r}"),
    "str_length": ("not_allowed", "expected a length of {length}"),
}
_LENGTHS = {"min_value": "at least", "max_value": "at most", "exact_value": "exactly"}


@dataclass(frozen=True)
class RawKind:
    """What the text of a cell should be before it is converted.

    Attributes:
        is_one: which texts of a column are.
    """

    code: str
    words: str
    is_one: Callable[[pd.Series], pd.Series]


#: Digits and letters of ASCII alone, as DuckDB converts no others.
_WHOLE_NUMBER = RawKind(
    "not_a_whole_number", "a whole number", lambda texts: texts.str.fullmatch(r"[+-]?[0-9]{1,18}(\.0*)?")
)
_NUMBER = RawKind(
    "not_a_number",
    "a number",
    lambda texts: texts.str.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?"),
)
_FLAG = RawKind(
    "not_a_flag",
    "1/0, yes/no or true/false, in a known language",
    lambda texts: texts.str.lower().isin([*YES_WORDS, *NO_WORDS]),
)


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


def rounded_in_words(value: str) -> str:
    """Return what is to be said of an identifier that a spreadsheet rounded."""
    return (
        f"{value!r} is a long number that a spreadsheet rounded, and the identifier is lost; "
        "expected all its digits, so export the column as text"
    )


def text_columns(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return the columns whose cells are single values, not lists."""
    return tuple(column for column in columns if column.role is not Role.ITEMS)


def find_faults(schema: pa.DataFrameSchema, frame: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """Return every fault that a schema finds in a frame indexed by record.

    Where the frame holds a column as it was delivered too, under ``found:`` and its name, that is
    what the fault shows.

    Returns:
        One row per fault: record, column_name, code, value, reason.
    """
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = [_case(schema, *case) for case in errors.failure_cases[_CASE].to_numpy()]
    else:
        cases = []
    by_name = {column.name: column for column in columns}
    rows = [_fault(case, by_name[case.column], _delivered(frame, case)) for case in cases]
    return pd.DataFrame(rows, columns=["record", "column_name", "code", "value", "reason"])


@dataclass(frozen=True)
class _Case:
    """A value that fails a check; without a check it is missing."""

    record: int
    column: str
    check: pa.Check | None
    value: object


_CASE = ["index", "column", "check", "check_number", "failure_case"]


def _case(
    schema: pa.DataFrameSchema, index: float | None, column: str, check: str, number: float | None, value: object
) -> _Case:
    if pd.isna(index):
        raise SchemaError(f"the check {check} of column {column} cannot be applied to its values ({value})")
    checks = schema.columns[column].checks
    return _Case(int(index), column, None if pd.isna(number) else checks[int(number)], value)


def _delivered(frame: pd.DataFrame, case: _Case) -> object:
    found = f"found:{case.column}"
    return frame.at[case.record, found] if case.check and found in frame.columns else case.value


def _raw_kind(column: Column) -> RawKind | None:
    if column.role is Role.FLAG or column.value_type is bool:
        return _FLAG
    if column.value_type is int:
        return _WHOLE_NUMBER
    if column.value_type is float:
        return _NUMBER
    return None


def _raw_column(column: Column) -> pa.Column:
    kind = _raw_kind(column)
    checks = [pa.Check(kind.is_one, name=kind.code)] if kind else []
    return pa.Column(str, checks, nullable=column.nullable)


def _finite(column: Column) -> list[pa.Check]:
    if column.value_type is not float:
        return []
    return [pa.Check(lambda values: np.abs(values) <= LARGEST_NUMBER, name="finite")]


def _fault(case: _Case, column: Column, value: object) -> tuple[int, str, str, str | None, str]:
    code, reason = _in_words(column, case.check, value)
    return case.record, column.name, code, _text(value) if case.check else None, reason


def _in_words(column: Column, check: pa.Check | None, value: object) -> tuple[str, str]:
    kind, name, text = _raw_kind(column), column.header, _text(value)
    if check is None:
        empty = "empty or a placeholder such as n/a" if column.settings.sentinels else "empty"
        return "missing_value", f"{name} is {empty}; expected {kind.words if kind else 'a value'}"
    if kind and check.name == kind.code:
        readings = _two_readings(text) if column.value_type in (int, float) else None
        if readings:
            return kind.code, f"{name} {text!r} may be {readings}; expected decimal= or thousands= in the schema"
        why = why_unread(text, column.settings.strip) if column.value_type in (int, float) else None
        if column.role is Role.NUMERIC and column.value_type is int and re.fullmatch(r"[+-]?[0-9]+[.,][0-9]+", text):
            why = "declare it as Series[float] if it has fractions"
        if column.role is Role.IDENTIFIER and re.search(r"[^\W\d_]", text):
            why = "declare it as Series[str] if it may have letters; runs before then had other keys"
        return kind.code, f"{name} {text!r} is not {kind.words}{f'; {why}' if why else ''}"
    if check.name == "finite":
        return "out_of_range", f"{name} {text} is too large to compute with; expected at most {LARGEST_NUMBER:g}"
    if check.name in _EXPECTED:
        code, expected = _EXPECTED[check.name]
        shown = repr(value) if isinstance(value, str) else text
        statistics = check.statistics or {}
        return code, f"{name} {shown}: {expected.format(**statistics, length=_length(statistics))}"
    return "check_failed", f"{name} {text!r} fails the declared check {check.error or check.name}"


def _length(statistics: dict[str, Any]) -> str:
    limits = ((words, statistics.get(name)) for name, words in _LENGTHS.items())
    return " and ".join(f"{words} {limit}" for words, limit in limits if limit is not None)


def _two_readings(text: str) -> str | None:
    """Return both numbers that a text may be whose mark precedes three digits: 30.000 is 30 or 30000."""
    if not re.fullmatch(r"[+-]?[0-9]{1,3}[.,][0-9]{3}", text):
        return None
    whole, fraction = re.split("[.,]", text)
    return f"{whole}{fraction} or {float(f'{whole}.{fraction}'):g}"


def _text(value: object) -> str:
    """Return a found value as people write it: 207, not 207.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
