"""Files with damaged bytes: every line that holds something is in exactly one record, or the file is refused.

The damages are the same in every run: 200, or as many as the environment says: ``SEGMENTS_MUTATIONS=1000``.
"""

import codecs
import csv
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import DataRefused
from tests.properties.readings import AROUND, Reading, assert_conserved, delivered_lines, read_delivery, try_cases

CASES = int(os.environ.get("SEGMENTS_MUTATIONS", "200"))

#: Lines of a real file that are taken, so that a thousand nights are short.
_LINES = 40

_SCHEMA = '''from pandera.typing import Series
from schemas import Dataset, category, items, numeric


class Declared(Dataset, max_rejected_share=1{keywords}):
    """One row a record."""

{columns}
'''

_TEXT = "    {name}: Series[str] = category(alias={alias!r}, nullable=True, case_sensitive=True)"

_CUSTOMERS = """    age: Series[int] = numeric(ge=0, le=120)
    location: Series[str] = category(case_sensitive=True)
    purchase_history: Series[list] = items(case_sensitive=True)"""

_MADE = [
    "Age,Location,Purchase History",
    "25,New York,apples",
    '35,"Portland, Oregon","apples, juice"',
    "30,Illinois,apples, juice",
    "",
    '45,"the ""Lone Star""\r\nState",steak',
    "50,São Paulo,",
    '40,Florida,"steak"',
    "x,Ohio,juice",
    "31,O'Hare,juice, steak , juice",
]


@dataclass(frozen=True)
class Original:
    """A file before it is damaged, and what a schema declares of it.

    Attributes:
        delimiter: the text between its fields.
        texts: columns declared as text, the first of the file; none where it is a customers file.
        keywords: settings of the file, as the schema writes them.
    """

    delimiter: str = ","
    texts: int = 3
    keywords: str = ""

    @property
    def has_header(self) -> bool:
        """Whether the first record names the columns."""
        return "header=False" not in self.keywords


_MADE_CUSTOMERS = {
    "made-lf": "\n".join([*_MADE, *_MADE[1:], ""]).encode(),
    "made-crlf": "\r\n".join([*_MADE, *_MADE[1:]]).encode("utf-8-sig"),
    "made-utf-16": "\r".join([*_MADE, *_MADE[1:], ""]).encode("utf-16"),
}

_REAL = {
    "customers/seedformat_shopping_single_item.csv": Original(texts=0),
    "customers/mall_customers.csv": Original(),
    "customers/telco_churn.csv": Original(),
    "customers/cc_general_variant_extra_empty_col.csv": Original(),
    "customers/bank_additional.csv": Original(";"),
    "customers/shopping_trends_clean.csv": Original(texts=19, keywords=", header=False"),
    "badcsv/pollock/polluted/csv/source.csv": Original(),
    "badcsv/pollock/polluted/csv/row_extra_quote7_col3.csv": Original(),
    "badcsv/pollock/polluted/csv/file_field_delimiter_0x9.csv": Original("\t"),
    "badcsv/pollock/polluted/csv/file_record_delimiter_0xD.csv": Original(),
    "badcsv/pollock/survey_sample/csv/workforce-management-information-dft_201706.csv": Original(),
    "badcsv/csv-spectrum/csvs/newlines.csv": Original(),
    "badcsv/csvkit/examples/test_utf16_little.csv": Original(),
    "badcsv/csvlint/features/fixtures/inconsistent-line-endings.csv": Original(),
    "badcsv/frictionless/data/issue-1066-smallcellsize.csv": Original(texts=2),
    "badcsv/duckdb/test/new_line_string.csv": Original("|", texts=4, keywords=", header=False"),
    "badcsv/duckdb/afl/3977/case_29.csv": Original(";", texts=2, keywords=', header=False, delimiter=";"'),
}

_EACH = -(-CASES // (len(_MADE_CUSTOMERS) + len(_REAL)))

#: What is put between two bytes: what means something in some dialect, and what means nothing in any.
_MARKS = [
    b'"', b'""', b"'", b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\n\n", b" ", b'",', b',"', b'"\n', b'\n"',
    b"\0", b"\xff", b"\xc3", b"\xe2\x80\xa8", b"\xc2\x85", b"\x0b", b"\x0c", b"\x1a", b"\x1c", b"\x1f", b"\xef\xbb\xbf",
    b"\\", b'\\"', b"NaN", b"1e308", b"-1", b"#", b"=1+1",
]  # fmt: skip

Damage = Callable[[bytes, int, int, int], bytes]


def _flip(content: bytes, place: int, other: int, size: int) -> bytes:
    return content[:place] + bytes([content[place] ^ (1 + other % 255)]) + content[place + 1 :]


def _cut(content: bytes, place: int, other: int, size: int) -> bytes:
    return content[:place] + content[place + size :]


def _cut_end(content: bytes, place: int, other: int, size: int) -> bytes:
    return content[: place + 1]


def _splice(content: bytes, place: int, other: int, size: int) -> bytes:
    return content[:place] + content[other : other + size] + content[place:]


def _double(content: bytes, place: int, other: int, size: int) -> bytes:
    return content[: place + size] + content[place:]


def _mark(content: bytes, place: int, other: int, size: int) -> bytes:
    return content[:place] + _MARKS[other % len(_MARKS)] + content[place:]


_DAMAGES: list[Damage] = [_mark, _flip, _cut, _splice, _double, _cut_end]
_NUMBER = st.integers(0, (1 << 16) - 1)
_STEPS = st.lists(st.tuples(st.sampled_from(_DAMAGES), _NUMBER, _NUMBER, st.integers(1, 120)), min_size=1, max_size=4)
#: Whether the header stays whole; with a damaged one most files are refused.
_SPARES_HEADER = st.sampled_from([True, True, True, False])


@pytest.mark.parametrize("name", _MADE_CUSTOMERS)
def test_damaged_file_loses_no_record(name):
    _try_damages(name, _MADE_CUSTOMERS[name], Original(texts=0))


@pytest.mark.parametrize("name", _REAL)
def test_damaged_real_file_loses_no_record(data, name):
    _try_damages(name, _head_of(data / name), _REAL[name])


def _try_damages(name: str, content: bytes, original: Original) -> None:
    schema, columns = _declaration(content, original)
    end_of_header = _header(content, original)[1] if original.has_header else 0

    @try_cases(_EACH, name)
    @given(steps=_STEPS, spares_header=_SPARES_HEADER)
    def loses_no_record(steps: list[tuple[Damage, int, int, int]], spares_header: bool) -> None:
        damaged = _damaged(content, steps, end_of_header if spares_header else 0)
        reading, refusal = _read_or_refused(damaged, schema, columns)
        if reading is None:
            assert "customers.csv" in refusal, "a refusal names the file"
            assert len(refusal.splitlines()) == 1, "a refusal is one line"
            return
        assert_conserved(reading, damaged)
        if spares_header:
            _assert_exact(reading, damaged, original)

    loses_no_record()


def _read_or_refused(content: bytes, schema: str, columns: tuple[str, ...]) -> tuple[Reading | None, str]:
    try:
        return read_delivery(content, schema, columns), ""
    except DataRefused as error:
        return None, str(error)


def _damaged(content: bytes, steps: list[tuple[Damage, int, int, int]], first: int) -> bytes:
    """Return the bytes after all steps, of which none touches the first bytes."""
    for damage, place, other, size in steps:
        if len(content) > first:
            content = damage(content, first + place % (len(content) - first), other % len(content), size)
    return content


def _assert_exact(reading: Reading, damaged: bytes, original: Original) -> None:
    """Check that a customer whose line holds no quote has the values that stand on the line."""
    lines = delivered_lines(damaged, reading.encoding)
    for line, customer in reading.customers.items():
        text = lines[line - 1]
        if '"' in text or "'" in text:
            continue
        cells = [cell.strip(AROUND) or None for cell in text.split(reading.delimiter)]
        if original.texts:
            assert list(customer) == cells[: original.texts]
        else:
            age, location, items = customer
            assert (str(age), location) == (str(int(cells[0] or "")), cells[1])
            assert items == list(dict.fromkeys(item for item in cells[2:] if item))


def _declaration(content: bytes, original: Original) -> tuple[str, tuple[str, ...]]:
    """Return the schema of a file and the names of its columns."""
    if not original.texts:
        return _SCHEMA.format(keywords="", columns=_CUSTOMERS), ("age", "location", "purchase_history")
    names = tuple(f"c{number}" for number in range(1, original.texts + 1))
    header = _header(content, original)[0] if original.has_header else names
    columns = [_TEXT.format(name=name, alias=alias) for name, alias in zip(names, header, strict=False)]
    return _SCHEMA.format(keywords=original.keywords, columns="\n".join(columns)), names


def _header(content: bytes, original: Original) -> tuple[list[str], int]:
    """Return the header of a file, and the number of bytes that it fills."""
    encoding = "utf-16" if content.startswith(codecs.BOM_UTF16_LE) else "latin-1"
    lines = re.findall("[^\r\n]*(?:\r\n|\r|\n)", content.decode(encoding))
    reader = csv.reader(lines, delimiter=original.delimiter)
    header = next(reader)
    return header, len("".join(lines[: reader.line_num]).encode(encoding))


def _head_of(path: Path) -> bytes:
    lines = re.findall(b"[^\r\n]*(?:\r\n|\r|\n|$)", path.read_bytes())
    return b"".join(lines[:_LINES])
