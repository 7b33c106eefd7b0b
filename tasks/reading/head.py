"""Read the first records of a delivered file in Python, under one dialect."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from schemas.dialect import Dialect


@dataclass(frozen=True)
class HeadRecord:
    """One record of the head of the file, and the lines that it fills."""

    fields: tuple[str, ...]
    first_line: int
    last_line: int


def csv_records(lines: Iterable[str], dialect: Dialect) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the records of some lines, their fields without quotes, and the number of lines read so far.

    Args:
        lines: lines without their ends; a blank one within quotes is part of its field.
        dialect: how they write their records.
    """
    reader = csv.reader(
        (line.replace(dialect.delimiter, dialect.delimiter_character) + "\n" for line in lines),
        delimiter=dialect.delimiter_character,
        quotechar=dialect.quote,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar=dialect.escape if dialect.quote else None,
        skipinitialspace=dialect.delimiter != " ",
    )
    for fields in reader:
        yield tuple(field.replace(dialect.delimiter_character, dialect.delimiter) for field in fields), reader.line_num


def head_records(lines: Sequence[str], dialect: Dialect) -> Iterator[HeadRecord]:
    """Yield the records of the first lines of a file, blank lines and comments aside."""
    first = 0
    while first < len(lines):
        if not lines[first].strip() or (dialect.comment and lines[first].startswith(dialect.comment)):
            first += 1
            continue
        fields, n_lines = next(csv_records(islice(lines, first, None), dialect))
        yield HeadRecord(tuple(" ".join(field.split()) for field in fields), first + 1, first + n_lines)
        first += n_lines


def without_closing(fields: Sequence[str], n_fields: int) -> Sequence[str]:
    """Return the fields of a record without the empty one that a trailing delimiter adds to so many."""
    return fields[:-1] if len(fields) == n_fields + 1 and not fields[-1] else fields


def count_quoted_fields(text: str, delimiter: str, quote: str) -> int:
    """Return how many fields of some lines are within quotes from end to end."""
    if quote not in text:
        return 0
    mark, q = re.escape(delimiter), re.escape(quote)
    inner = f"(?:[^{q}]|{q}{q}|\\\\{q})*"
    return len(re.findall(f"(?:^|{mark}) *{q}{inner}{q} *(?={mark}|$)", text, re.MULTILINE))


def count_opened_fields(text: str, delimiter: str, quote: str) -> int:
    """Return how many fields of some lines begin with a quote, one that is not doubled."""
    mark, q = re.escape(delimiter), re.escape(quote)
    return len(re.findall(f"(?:^|{mark}) *{q}(?:{q}{q})*(?!{q})", text, re.MULTILINE))
