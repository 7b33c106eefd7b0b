"""The records of the head of a delivered file, under one dialect: few enough to be read in Python."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from schemas.dialect import UNIT_SEPARATOR, Dialect


@dataclass(frozen=True)
class HeadRecord:
    """One record of the head of the file, and the lines that it fills."""

    fields: tuple[str, ...]
    first_line: int
    last_line: int


def head_records(lines: Sequence[str], dialect: Dialect) -> Iterator[HeadRecord]:
    """Yield the records of the first lines of a file, blank lines and comments aside."""
    csv.field_size_limit(max(csv.field_size_limit(), sum(map(len, lines)) + len(lines)))
    plain = [_one_mark(line, dialect.delimiter) for line in lines]
    first = 0
    while first < len(plain):
        if not plain[first].strip() or (dialect.comment and plain[first].startswith(dialect.comment)):
            first += 1
            continue
        reader = _reader(islice(plain, first, None), dialect)
        try:
            fields = next(reader)
        except csv.Error:
            fields = plain[first].split(_mark(dialect.delimiter))
        n_lines = max(1, reader.line_num)
        yield HeadRecord(tuple(_field(field, dialect) for field in fields), first + 1, first + n_lines)
        first += n_lines


def without_closing(fields: Sequence[str], n_fields: int) -> Sequence[str]:
    """Return the fields of a record without the empty one that a delimiter behind the last of so many makes."""
    return fields[:-1] if len(fields) == n_fields + 1 and not fields[-1] else fields


def _reader(lines: Iterable[str], dialect: Dialect) -> Any:
    return csv.reader(
        (f"{line}\n" for line in lines),
        delimiter=_mark(dialect.delimiter),
        quotechar=dialect.quote,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar=dialect.escape if dialect.quote else None,
        skipinitialspace=dialect.delimiter != " ",
    )


def _mark(delimiter: str) -> str:
    return delimiter if len(delimiter) == 1 else UNIT_SEPARATOR


def _one_mark(line: str, delimiter: str) -> str:
    return line if len(delimiter) == 1 else line.replace(delimiter, UNIT_SEPARATOR)


def _field(field: str, dialect: Dialect) -> str:
    whole = field if len(dialect.delimiter) == 1 else field.replace(UNIT_SEPARATOR, dialect.delimiter)
    return " ".join(whole.split())
