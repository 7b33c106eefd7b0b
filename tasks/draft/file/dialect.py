"""Detect the dialect of a file that no schema declares, from its first records alone.

Every dialect that is possible is tried. One is good if its records have the same number of
fields, and if each field looks like one value: the measure is that of van den Burg, Nazabal and
Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, takewhile

from schemas.dialect import Dialect
from schemas.errors import DataRefused
from tasks.draft.text.cell_types import cell_type_of
from tasks.reading.head import HeadRecord, count_opened_fields, count_quoted_fields, head_records
from tasks.reading.header import DELIMITERS, QUOTES


@dataclass(frozen=True)
class DialectSettings:
    """By what a dialect is chosen.

    Attributes:
        max_records: records that are tried; more would not change the answer.
        max_cells: cells of one dialect whose type is asked, for the same reason.
        rare_delimiters: tried beside those that a run tries, and taken only where they explain the file far better.
        rare_share: share of the records that must have one number of fields under a rare delimiter.
        rare_factor: a rare delimiter counts for a little less than a common one.
        tie: from this share of the best score on, another delimiter is as good as the best.
        comment: begins lines before the header that are not records.
    """

    max_records: int = 1_000
    max_cells: int = 20_000
    rare_delimiters: tuple[str, ...] = (":", "^", "~", " ")
    rare_share: float = 0.98
    rare_factor: float = 0.9
    tie: float = 0.97
    comment: str = "#"


_SETTINGS = DialectSettings()


@dataclass(frozen=True)
class Sample:
    """The first records of a file under one dialect, and how well it explains them."""

    dialect: Dialect
    records: tuple[HeadRecord, ...]
    score: float


def find_dialect(lines: Sequence[str], source: str) -> Sample:
    """Return the dialect that explains the first lines of a file best, and their records under it.

    Args:
        lines: the first lines of the file.
        source: the file, for the error.

    Raises:
        DataRefused: two dialects explain the lines equally well.
    """
    return _best(lines, _comment(lines, source), source)


def _comment(lines: Sequence[str], source: str) -> str | None:
    """Return the mark of the comments before the header; a mark that other lines begin with may be of customers."""
    filled = [line for line in lines if line.strip()]
    first = list(takewhile(lambda line: line.startswith(_SETTINGS.comment), filled))
    n_marked = sum(line.startswith(_SETTINGS.comment) for line in filled)
    if not first or n_marked > len(first) or len(first) == len(filled):
        return None
    is_header = _names_columns(first[-1], _best(lines, _SETTINGS.comment, source))
    return None if is_header else _SETTINGS.comment


def _best(lines: Sequence[str], comment: str | None, source: str) -> Sample:
    samples = [_sample(lines, dialect) for dialect in _dialects(lines, comment)]
    # Of equals the one that takes quotes off.
    samples.sort(key=lambda sample: (sample.score, sample.dialect.quote is not None), reverse=True)
    _refuse_ties(samples, source)
    return samples[0]


def _names_columns(comment: str, sample: Sample) -> bool:
    """Return whether the last of the comments that a file begins with has a name for every field below it."""
    dialect = Dialect(sample.dialect.delimiter, sample.dialect.quote, sample.dialect.escape)
    fields = next((record.fields for record in head_records([comment], dialect)), ())
    return len(fields) > 1 and all(fields) and {len(fields)} == {len(record.fields) for record in sample.records[:20]}


def _dialects(lines: Sequence[str], comment: str | None) -> Iterator[Dialect]:
    """Yield the dialects that the marks in the lines allow."""
    text = "\n".join(line for line in lines if not (comment and line.startswith(comment)))
    for delimiter in (*DELIMITERS, *_SETTINGS.rare_delimiters):
        if delimiter not in text and delimiter != ",":  # without any delimiter a file is one column
            continue
        for quote in _quotes(text, delimiter):
            yield Dialect(delimiter, quote, None, comment)
            if quote and f"\\{quote}" in text:
                yield Dialect(delimiter, quote, "\\", comment)


def _quotes(text: str, delimiter: str) -> list[str | None]:
    """Return the quotes that may be around fields, and None where there may be none."""
    whole = {quote: count_quoted_fields(text, delimiter, quote) for quote in QUOTES}
    # Those around the items of a list are around a whole field only where the list has one item.
    found: list[str | None] = [q for q, n in whole.items() if 2 * n > count_opened_fields(text, delimiter, q)]
    # A file without any double quote may hold one further on.
    plain = None if '"' in text else '"'
    odd = sum(line.count('"') % 2 for line in text.split("\n"))
    return found if '"' in found and whole['"'] > odd else [*found, plain]


def _sample(lines: Sequence[str], dialect: Dialect) -> Sample:
    records = tuple(islice(head_records(lines, dialect), _SETTINGS.max_records))
    fields = [record.fields for record in records]
    is_common = dialect.delimiter in DELIMITERS
    factor = 1.0 if is_common else _SETTINGS.rare_factor * _is_unmistakable(fields)
    return Sample(dialect, records, factor and factor * _pattern_score(fields) * _type_score(fields))


def _is_unmistakable(records: Sequence[tuple[str, ...]]) -> bool:
    """Return whether the records agree in their number of fields, and some column of them holds numbers."""
    width, n = Counter(map(len, records)).most_common(1)[0] if records else (0, 0)
    if width < 2 or n < _SETTINGS.rare_share * len(records):
        return False
    columns = zip(*(record for record in records[1:] if len(record) == width), strict=True)
    return any(
        sum(cell_type_of(cell) == "number" for cell in column) >= _SETTINGS.rare_share * len(column)
        for column in columns
    )


def _pattern_score(records: Sequence[tuple[str, ...]]) -> float:
    """Return how alike the records are in their number of fields, per record."""
    widths = Counter(map(len, records))
    total = sum(n * max(1e-3, width - 1) / width for width, n in widths.items() if width)
    return total / max(1, len(widths) * len(records))


def _type_score(records: Sequence[tuple[str, ...]]) -> float:
    """Return the share of the fields that look like one value."""
    cells = list(islice(chain.from_iterable(records), _SETTINGS.max_cells))
    return max(1e-10, sum(map(_is_one_value, cells)) / max(1, len(cells)))


def _is_one_value(cell: str) -> bool:
    found = cell_type_of(cell)
    if found not in ("word", "text"):
        return True
    return not any(mark in cell for mark in ';\t|^~"') and not (found == "word" and "," in cell)


def _refuse_ties(samples: Sequence[Sample], source: str) -> None:
    """Refuse a file that two delimiters explain equally well, in different ways."""
    best = samples[0]
    for other in samples[1:]:
        marks = (best.dialect.delimiter, other.dialect.delimiter)
        is_tie = other.score >= best.score * _SETTINGS.tie and marks[0] != marks[1]
        if is_tie and len(best.records[0].fields) > 1:
            raise DataRefused(
                f"{source} line {best.records[0].last_line}: the fields may be separated by {marks[0]!r} as well as by "
                f"{marks[1]!r}, both give records of one length; expected one mark between fields, so take the other "
                "one out of the file, or write the schema by hand with delimiter= as in schemas/customers.py"
            )
