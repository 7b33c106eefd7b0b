"""The files to read: where they are, what is known of them, and the schema that a run of them takes."""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.dataset import normalize_header
from schemas.dialect import Dialect
from schemas.errors import SegmentsError
from tasks.draft.drafting import draft_schema
from tasks.reading.head import csv_records

Record = tuple[str, ...]

#: Files whose clean version is not what stands in them, and how; they are counted in lines.
WRONG_TRUTHS = {
    "location_coordinates.csv": "the JSON holds another telephone number",
    "PLA_6%Talc-1hz.csv": "the clean version has no header; the file's stands on line 24",
    "ministers-overseas-travel-jan-mar-2013.csv": "the clean version mends characters that were broken before",
    "2004-2016.csv": "the clean version leaves out the word 'missing'",
    "HMRC_spending_over_25000_for_September_2018.csv": "the clean version mends characters that were broken before",
    "Wine_Cellar_Consumption_dataset_14-15.csv": "the clean version mends characters that were broken before",
    "Copy_of_2016-17_Q3_Final_V2.csv": "the clean version mends characters that were broken before",
    "O18_air.csv": "the clean version cuts a number, 0.0, to 0.\\",
}

#: Records from which a schema is made where the file cannot be drafted.
_HEAD_CHARACTERS = 1 << 16

#: Names that the clean version gives to columns of a file without a header.
_GIVEN_NAME = re.compile(r"col_\d+")

_SCHEMA = '''from pandera.typing import Series
from schemas import Dataset, category


class Minimal(Dataset{keywords}):
    """One row a record: every column is text."""

{columns}
'''


@dataclass(frozen=True)
class Writing:
    """How a file is written, as its truth says; what is None is to be found."""

    delimiter: str | None
    quote: str | None
    has_header: bool
    escape: str | None = None


@dataclass(frozen=True)
class Case:
    """A file to read.

    Attributes:
        folder: the collection that it belongs to.
        header: the true names of its columns; None where no truth is known.
        truth: its true records; None where no truth is known.
        writing: how it is written; None where it is to be found.
    """

    folder: str
    path: Path
    header: Record | None = None
    truth: tuple[Record, ...] | None = None
    writing: Writing | None = None


def all_files(data: Path) -> list[Case]:
    """Return every broken file and every customers file, with their truth where there is one."""
    broken = data / "badcsv"
    found = {case.path: case for case in (*pollock(data), *with_json(broken)) if case.path.name not in WRONG_TRUTHS}
    paths = sorted(path for path in broken.rglob("*") if path.is_file() and not _is_truth(path))
    cases = [found.get(path, Case(path.relative_to(broken).parts[0], path)) for path in paths]
    return cases + [Case("customers", path) for path in sorted((data / "customers").iterdir()) if path.is_file()]


def pollock(data: Path, *, with_dialect: bool = False) -> Iterator[Case]:
    """Yield the files of the Pollock benchmark with their clean versions.

    Args:
        with_dialect: only the polluted ones, each with its dialect given.
    """
    folder = data / "badcsv" / "pollock"
    for part in ("polluted",) if with_dialect else ("polluted", "survey_sample"):
        for path in sorted((folder / part / "csv").iterdir()):
            clean, parameters = folder / part / "clean" / path.name, _parameters(folder / part, path)
            if not clean.is_file() or parameters is None:
                continue
            has_header = int(parameters["header_lines"]) > 0
            quote, escape = parameters["quotechar"] or "", parameters["escapechar"]
            writing = Writing(parameters["delimiter"] or ",", quote, has_header, escape)
            records = _clean_records(clean)
            if records and all(_GIVEN_NAME.fullmatch(name.strip()) for name in records[0]):
                records = records[1:]
            truth = tuple(records[1:] if has_header else records)
            header = _own_header(path, writing, int(parameters["preamble_lines"])) if has_header else None
            if header is None or not all(header) or len(header) != int(parameters.get("n_columns") or 0):
                header = records[0] if has_header and records else _numbered(max(map(len, truth), default=1))
            is_told = with_dialect or not has_header  # a run without a header says so, and how to declare it
            truth = tuple(_without_empty_end(record, len(header)) for record in truth)
            told = writing if with_dialect else Writing(None, None, has_header)
            yield Case(f"pollock/{part}", path, header, truth, told if is_told else None)


def with_json(broken: Path) -> Iterator[Case]:
    """Yield the files whose true records stand beside them in JSON."""
    for folder, files in (("csv-spectrum", "csvs"), ("csv-test-data", "csv")):
        for path in sorted((broken / folder / files).glob("*.csv")):
            beside = broken / folder / "json" / f"{path.stem}.json"
            if not beside.is_file():
                continue
            header, *truth = _json_records(json.loads(beside.read_text(encoding="utf-8", errors="replace")))
            yield Case(folder, path, header, tuple(truth))


def schema_of(case: Case) -> str:
    """Return the schema that a run of the file takes: of its truth, else drafted, else every column as text."""
    if case.header is not None:
        return minimal_schema(case.header, case.writing)
    try:
        return draft_schema(str(case.path)).text
    except SegmentsError:
        return minimal_schema(*_guessed(case.path))


def minimal_schema(header: Sequence[str], writing: Writing | None) -> str:
    """Return a schema that takes every column as text and rejects no more than it must."""
    keywords = ["max_rejected_share=1", "settle_seconds=0"]
    if writing is not None:
        keywords += [] if writing.delimiter is None else [f"delimiter={writing.delimiter!r}"]
        keywords += [] if writing.quote is None else [f"quote={writing.quote!r}"]
        keywords += [] if writing.has_header else ["header=False"]
        keywords += [] if writing.escape in (None, "", writing.quote) else [f"escape={writing.escape!r}"]
    columns = [
        f"    c{number}: Series[str] = category(alias={alias!r}, nullable=True, case_sensitive=True)"
        for number, alias in enumerate(header, start=1)
    ]
    return _SCHEMA.format(keywords="".join(f", {keyword}" for keyword in keywords), columns="\n".join(columns))


def _guessed(path: Path) -> tuple[Record, Writing | None]:
    """Return what the first line of a file says, read with commas; without a usable header its columns are numbered."""
    with path.open("rb") as file:
        head = file.read(_HEAD_CHARACTERS).decode("utf-8", "replace").lstrip("\ufeff\r\n ")
    fields = tuple(" ".join(field.split()) for field in next(csv.reader(head.splitlines()[:1]), ["column 1"]))
    is_header = all(fields) and len({normalize_header(field) for field in fields}) == len(fields)
    if is_header and "\ufffd" not in head:
        return fields, None
    return _numbered(len(fields)), Writing(",", '"', has_header=False)


def _without_empty_end(record: Record, n_columns: int) -> Record:
    """Return a record without the empty cell that a delimiter behind its last field makes, which has no column."""
    return record[:n_columns] if not any(record[n_columns:]) else record


def _numbered(count: int) -> Record:
    return tuple(f"column {number}" for number in range(1, count + 1))


def _own_header(path: Path, writing: Writing, preamble_lines: int) -> Record | None:
    """Return the first header line as it stands in the file; the clean version joins the lines of one of several."""
    content = path.read_bytes().decode("utf-8-sig", "replace")
    lines = [line for line in content.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    records = csv_records(lines[preamble_lines:], Dialect(writing.delimiter or ",", writing.quote or None))
    fields, _ = next(records, (None, 0))
    return None if fields is None else tuple(" ".join(field.split()) for field in fields)


def _parameters(folder: Path, path: Path) -> dict[str, str] | None:
    beside = folder / "parameters" / f"{path.name}_parameters.json"
    return dict(json.loads(beside.read_text(encoding="utf-8"))) if beside.is_file() else None


def _clean_records(path: Path) -> list[Record]:
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return [tuple(record) for record in csv.reader(file)]


def _json_records(found: Any) -> list[Record]:
    """Return the header and the records of a JSON file: an object, a list of them, or a list of lists."""
    rows = [found] if isinstance(found, dict) else found
    if rows and isinstance(rows[0], dict):
        rows = [list(rows[0]), *([row[name] for name in rows[0]] for row in rows)]
    return [tuple("" if cell is None else str(cell) for cell in row) for row in rows] or [("foo", "bar", "baz")]


def _is_truth(path: Path) -> bool:
    return path.parent.name in ("clean", "parameters", "json") or path.name.lower() in (
        "readme",
        "readme.md",
        "readme.txt",
    )
