"""Find how a file writes its records, from its first records alone: nobody declared a column of it.

Every dialect that could be meant is tried. One is good if its records have the same number of
fields, and if the fields look like something: the measure is that of van den Burg, Nazabal and
Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019).
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from schemas.errors import DataRefused
from tasks.draft.text.looks import look_of

#: Records by which the dialect is found.
SAMPLE_RECORDS = 1_000

#: The first four are common; the others are taken only where they explain the file far better.
_COMMON = (",", ";", "\t", "|")
_RARE = (":", "^", "~", " ")
_QUOTES = ('"', "'")
_COMMENT = "#"

#: Cells whose look is asked of one dialect; more would not change the answer.
_CELLS = 20_000

#: Share of the records that must have one number of fields under a rare delimiter.
_UNMISTAKABLE = 0.98

#: A rare delimiter counts for a little less than a common one.
_RARE_FACTOR = 0.9

#: Two dialects this near to each other cannot be told apart.
_TOO_NEAR = 0.97


@dataclass(frozen=True)
class Writing:
    """How the records of a file are written.

    Attributes:
        delimiter: the character between fields.
        quote: the character around fields; None where the file has none.
        escape: the character before a quote within quotes; None where it is doubled.
        comment: the character that begins lines which are no records; None where there are none.
    """

    delimiter: str = ","
    quote: str | None = '"'
    escape: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class Line:
    """A line of the file with its number."""

    number: int
    text: str


@dataclass(frozen=True)
class Sample:
    """The first records of a file under its dialect.

    Attributes:
        last_lines: the line on which each record ends.
    """

    writing: Writing
    records: tuple[tuple[str, ...], ...]
    last_lines: tuple[int, ...]


@dataclass(frozen=True)
class _Candidate:
    sample: Sample
    score: float


def find_writing(lines: Sequence[str], place: str) -> Sample:
    """Return the dialect that explains the first lines of a file best, and their records under it.

    Args:
        lines: the first lines of the file.
        place: the file, for the error.

    Raises:
        DataRefused: two dialects explain the lines equally well.
    """
    filled = [Line(number, text) for number, text in enumerate(lines, start=1) if text.strip()]
    records = [line for line in filled if not line.text.startswith(_COMMENT)]
    if len(records) == len(filled) or not records:
        return _best(filled, None, place)
    plain = _best(records, _COMMENT, place)
    return _best(filled, None, place) if _names_columns(_last_comment(filled), plain) else plain


def split_lines(lines: Sequence[Line], writing: Writing) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the records of some lines, fields unquoted and without blanks around them, and the line each ends on."""
    longest = sum(len(line.text) + 1 for line in lines)
    csv.field_size_limit(max(csv.field_size_limit(), longest))
    reader = csv.reader(
        (line.text + "\n" for line in lines),
        delimiter=writing.delimiter,
        quotechar=writing.quote,
        quoting=csv.QUOTE_MINIMAL if writing.quote else csv.QUOTE_NONE,
        escapechar=writing.escape,
        skipinitialspace=writing.delimiter != " ",
    )
    for fields in reader:
        yield tuple(field.strip() for field in fields), lines[reader.line_num - 1].number


def _best(lines: Sequence[Line], comment: str | None, place: str) -> Sample:
    candidates = [_candidate(lines, writing) for writing in _writings(lines, comment)]
    # Of equals the one that takes quotes off.
    candidates.sort(key=lambda found: (found.score, found.sample.writing.quote is not None), reverse=True)
    _refuse_ties(candidates, place)
    return candidates[0].sample


def _last_comment(lines: Sequence[Line]) -> Line | None:
    """Return the last of the comments that the file begins with."""
    return next(reversed(list(takewhile(lambda line: line.text.startswith(_COMMENT), lines))), None)


def _names_columns(line: Line | None, sample: Sample) -> bool:
    """Return whether a line that looks like a comment has a name for every field below it."""
    if line is None:
        return False
    fields, _ = next(split_lines([line], sample.writing), ((), 0))
    return len(fields) > 1 and all(fields) and {len(fields)} == {len(record) for record in sample.records[:20]}


def _writings(lines: Sequence[Line], comment: str | None) -> Iterator[Writing]:
    """Yield the dialects that the marks in the lines allow."""
    text = "\n".join(line.text for line in lines)
    # A comma that is not there is one column.
    delimiters = [mark for mark in (*_COMMON, *_RARE) if mark in text or mark == ","]
    for delimiter in delimiters:
        for quote in _quotes(text, delimiter):
            yield Writing(delimiter, quote, None, comment)
            if quote and f"\\{quote}" in text:
                yield Writing(delimiter, quote, "\\", comment)


def _quotes(text: str, delimiter: str) -> list[str | None]:
    """Return the quotes that may stand around fields, and None where it may be that none does."""
    whole = {quote: _whole_fields(text, quote, delimiter) for quote in _QUOTES}
    found: list[str | None] = [quote for quote, n in whole.items() if n]
    # A file without any double quote may hold one further on.
    plain = None if '"' in text else '"'
    odd = sum(line.count('"') % 2 for line in text.split("\n"))
    is_sure = whole['"'] > odd
    return found if is_sure else [*found, plain]


def _whole_fields(text: str, quote: str, delimiter: str) -> int:
    """Return how many fields stand in quotes, from end to end."""
    if quote not in text:
        return 0
    mark, q = re.escape(delimiter), re.escape(quote)
    inner = f"(?:[^{q}]|{q}{q}|\\\\{q})*"
    return len(re.findall(f"(?:^|{mark}) *{q}{inner}{q} *(?={mark}|$)", text, re.MULTILINE))


def _candidate(lines: Sequence[Line], writing: Writing) -> _Candidate:
    found = list(islice(split_lines(lines, writing), SAMPLE_RECORDS))
    records = tuple(record for record, _ in found)
    factor = 1.0 if writing.delimiter in _COMMON else _RARE_FACTOR * _is_unmistakable(records)
    score = factor * _pattern_score(records) * _look_score(records) if factor else 0.0
    return _Candidate(Sample(writing, records, tuple(last for _, last in found)), score)


def _is_unmistakable(records: Sequence[Sequence[str]]) -> bool:
    """Return whether the records agree in their number of fields, and some column of them holds numbers."""
    if not records:
        return False
    width, n = Counter(len(record) for record in records).most_common(1)[0]
    if width < 2 or n < _UNMISTAKABLE * len(records):
        return False
    columns = zip(*(record for record in records[1:] if len(record) == width), strict=True)
    return any(sum(look_of(cell) == "number" for cell in column) >= _UNMISTAKABLE * len(column) for column in columns)


def _pattern_score(records: Sequence[Sequence[str]]) -> float:
    """Return how alike the records are in their number of fields, per record."""
    widths = Counter(len(record) for record in records)
    total = sum(n * max(1e-3, width - 1) / width for width, n in widths.items() if width)
    return total / len(widths) / max(1, len(records))


def _look_score(records: Sequence[Sequence[str]]) -> float:
    """Return the share of the fields that look like one value."""
    cells = list(islice((field for record in records for field in record), _CELLS))
    return max(1e-10, sum(_is_one_value(cell) for cell in cells) / max(1, len(cells)))


def _is_one_value(cell: str) -> bool:
    look = look_of(cell)
    if look not in ("word", "text"):
        return True
    return not any(mark in cell for mark in ';\t|^~"') and not (look == "word" and "," in cell)


def _refuse_ties(candidates: Sequence[_Candidate], place: str) -> None:
    """Refuse a file that two delimiters explain equally well, in different ways."""
    best = candidates[0]
    for other in candidates[1:]:
        marks = (best.sample.writing.delimiter, other.sample.writing.delimiter)
        if other.score < best.score * _TOO_NEAR or marks[0] == marks[1] or len(best.sample.records[0]) < 2:
            continue
        raise DataRefused(
            f"{place} line {best.sample.last_lines[0]}: the fields may be separated by {marks[0]!r} as well as by "
            f"{marks[1]!r}, both give records of one length; expected one mark between fields, so take the other one "
            "out of the file, or write the schema by hand with delimiter= as in schemas/customers.py"
        )
