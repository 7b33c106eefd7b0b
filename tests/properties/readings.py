"""Read bytes as a night does, up to its validated tables, and tell where every record went."""

import logging
import os
import re
import tempfile
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings

from schemas.errors import DataRefused
from tasks.deliver import deliver
from tasks.ingest import ingest
from tasks.run.lifecycle import begin_night
from tasks.validate import validate
from tests.conftest import aged
from tests.nights import rows_of
from warehouse.home.ledger import read_manifest
from warehouse.home.run import Order, Run

#: A night writes many small files; where they lie in memory, hundreds of nights are four times as fast.
_FAST = Path("/dev/shm")

#: Line ends, as editors count lines.
_LINE_END = re.compile("\r\n|\r|\n")

#: What counts as a blank around a text, and makes a blank line: the spaces of Unicode.
BLANKS = "".join(chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Zs")

#: What is no part of a value where it stands around it: blanks, line ends, tabs, and marks that nobody sees.
AROUND = BLANKS + "\t\n\v\f\r\x85\u2028\u2029\u200b\u200c\u200d\u2060\ufeff"

_QUOTE = re.compile("[\"']")

#: Bytes that are no text are given back in another form.
_NO_TEXT = re.compile("[\0\ufffd\ufeff]")

#: Lines that one record may fill, where the schema says nothing.
_MOST_LINES = 100

_ALL_REJECTED = re.compile(r"in total (\d+) of (\d+) rows are rejected")


@dataclass(frozen=True)
class Rejection:
    """Why one record was rejected, and its text."""

    code: str
    reason: str
    raw: str


@dataclass(frozen=True)
class Reading:
    """Where the records of one delivered file went.

    Attributes:
        customers: line on which the record begins -> its values, in the declared order.
        rejected: line on which the record begins -> why, once a reason.
        last_lines: line on which a record of several lines begins -> its last one.
        header_lines: lines that the header fills; none where there is none.
        rows_read: records, as the night counts them.
        rows_loaded: customers, as the night counts them.
        rows_rejected: rejected records, as the night counts them.
        encoding: the encoding in which the text was read.
        delimiter: the text between fields that was found.
    """

    customers: dict[int, tuple[Any, ...]]
    rejected: dict[int, list[Rejection]]
    last_lines: dict[int, int]
    header_lines: range
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    encoding: str
    delimiter: str

    @property
    def begins(self) -> list[int]:
        """The line of each record, twice where a record is in two places."""
        return sorted([*self.customers, *self.rejected])

    def span(self, line: int) -> range:
        """The lines of the record that begins on a line."""
        return range(line, self.last_lines.get(line, line) + 1)


def try_cases(number: int, name: str) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Return what makes a test with ``given`` try a number of cases, the same in every run, others for each name.

    A failure is not made smaller, as each attempt is a night: it would take minutes. Take ``phases``
    away to have it done.
    """
    same = settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: seed(zlib.crc32(name.encode()))(same(test))


def read_delivery(content: bytes, schema: str, columns: tuple[str, ...]) -> Reading:
    """Deliver some bytes to a night of their own, and return where their records went.

    A night that is refused because no row is left has been read all the same.

    Args:
        content: the bytes of the file.
        schema: the text of the schema file.
        columns: the declared columns that are wanted of the customers.

    Raises:
        SegmentsError: the file is refused before its records are told apart.
    """
    with _folder() as folder:
        source, dataset = folder / "customers.csv", folder / "declared.py"
        source.write_bytes(content)
        dataset.write_text(schema, encoding="utf-8")
        with begin_night(Order(str(aged(source)), dataset=str(dataset), home=str(folder / "home"))) as run:
            delivery = deliver(run)
            ingested = ingest(run, delivery)
            try:
                validated = validate(run, delivery, ingested)
                loaded, rejected = validated.rows_loaded, validated.rows_rejected
            except DataRefused as error:
                rejected, of = (int(number) for number in _ALL_REJECTED.findall(str(error))[0])
                loaded = of - rejected
        return _reading(run, columns, loaded=loaded, rejected=rejected)
    raise AssertionError("a run neither ended nor failed")


def delivered_lines(content: bytes, encoding: str) -> list[str]:
    """Return the lines of a delivery as an editor shows them, counted by nothing of the project."""
    lines = _LINE_END.split(content.decode(encoding, "replace").removeprefix("\ufeff"))
    return lines[:-1] if not lines[-1] else lines


def assert_conserved(reading: Reading, content: bytes) -> None:
    """Check that every record is in exactly one place, and every line that holds something in exactly one record."""
    assert not set(reading.customers) & set(reading.rejected), "a record is a customer and rejected"
    assert reading.rows_loaded == len(reading.customers)
    assert reading.rows_rejected == len(reading.rejected)
    assert reading.rows_read == reading.rows_loaded + reading.rows_rejected
    assert all(found.reason.strip() for line in reading.rejected.values() for found in line)
    lines = delivered_lines(content, reading.encoding)
    claimed = [line for begin in reading.begins for line in reading.span(begin)]
    assert len(claimed) == len(set(claimed)), f"lines of two records: {_repeated(claimed)}"
    filled = {number for number, line in enumerate(lines, start=1) if line.strip(BLANKS)}
    header = set(reading.header_lines)
    assert not header & set(claimed), "the header is a record too"
    assert filled - header <= set(claimed), f"lines of no record: {sorted(filled - header - set(claimed))}"
    assert set(reading.begins) <= filled, f"records without text: {sorted(set(reading.begins) - filled)}"
    for line in reading.rejected:
        _assert_raw(reading, line, lines)
    for first, last in reading.last_lines.items():
        assert 1 < len(reading.span(first)) <= _MOST_LINES, f"lines {first} to {last} are no record"
        assert _QUOTE.search(lines[first - 1]), f"line {first} opens no quote"
        assert _QUOTE.search(lines[last - 1]), f"line {last} closes no quote"


def _assert_raw(reading: Reading, line: int, lines: list[str]) -> None:
    """Check that a rejected record is given back as it was delivered, unless it holds what is no text."""
    text = "\n".join(lines[number - 1] for number in reading.span(line))
    if not _NO_TEXT.search(text):
        assert {found.raw for found in reading.rejected[line]} == {text}


def _reading(run: Run, columns: tuple[str, ...], *, loaded: int, rejected: int) -> Reading:
    """Read the tables of a night from outside, with plain DuckDB."""
    manifest = read_manifest(run.manifest_file)
    (source,) = next(step["sources"] for step in manifest["steps"] if step["step"] == "ingest")
    header = source["repair"]["header_text"]
    first = source["header_line"]
    customers = rows_of(run.night_file, f"SELECT line_number, {', '.join(columns)} FROM customers")
    faults = rows_of(run.night_file, "SELECT line_number, code, reason, raw FROM rejected_rows")
    several = rows_of(run.work_file, "SELECT record, last_record FROM raws")
    rejections: dict[int, list[Rejection]] = {}
    for line, *why in faults:
        rejections.setdefault(line, []).append(Rejection(*why))
    return Reading(
        customers=_by_line(customers),
        rejected=rejections,
        last_lines=dict(several),
        header_lines=range(first, first + header.count("\n") + 1) if first else range(0),
        rows_read=source["rows_read"],
        rows_loaded=loaded,
        rows_rejected=rejected,
        encoding=manifest["files"][0]["encoding"],
        delimiter=source["delimiter"],
    )


def _by_line(customers: list[tuple[Any, ...]]) -> dict[int, tuple[Any, ...]]:
    by_line = {line: tuple(values) for line, *values in customers}
    assert len(by_line) == len(customers), "two customers begin on one line"
    return by_line


def _repeated(numbers: list[int]) -> list[int]:
    return sorted({number for number in numbers if numbers.count(number) > 1})


@contextmanager
def _folder() -> Iterator[Path]:
    place = _FAST if os.access(_FAST, os.W_OK) else None
    logging.disable(logging.INFO)
    try:
        with tempfile.TemporaryDirectory(dir=place) as name:
            yield Path(name)
    finally:
        logging.disable(logging.NOTSET)
