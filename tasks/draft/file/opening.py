"""Open a file that no schema declares: read its first records, and find their dialect and shape."""

from dataclasses import dataclass
from pathlib import Path

from schemas.errors import DataRefused
from tasks.draft.file.dialect import Sample, find_dialect
from tasks.draft.file.head import Head, find_head
from tasks.draft.file.shape import Shape, find_shape
from warehouse.records import read_head

#: Lines by which the dialect is found.
_SAMPLE_LINES = 1_200


@dataclass(frozen=True)
class Opened:
    """The first records of a file, and how the file writes them.

    Attributes:
        source: the file as messages name it.
        undecodable: the list of the lines of its copy that are not text; need not exist.
    """

    source: str
    undecodable: Path
    encoding: str
    sample: Sample
    head: Head
    shape: Shape

    @property
    def header_line(self) -> int:
        """Line on which the header begins; 0 where there is none."""
        return 0 if self.head.header is None else self.sample.records[self.head.header].first_line


def open_copy(copy: Path, undecodable: Path, source: str, encoding: str) -> Opened:
    """Return the first records of the UTF-8 copy of a file, and how they are written.

    Args:
        copy: the copy, its lines ending in LF.
        undecodable: the list of the lines of it that are not text; need not exist.
        source: the file, for the errors.
        encoding: the encoding in which it was delivered.

    Raises:
        DataRefused: there is no row, or it is not clear how the records are written.
    """
    lines = read_head(copy, _SAMPLE_LINES)
    if not any(line.strip() for line in lines):
        raise DataRefused(f"{source} holds blank lines only; expected a header line and one row per customer")
    sample = find_dialect(lines, source)
    records = [record.fields for record in sample.records]
    head = find_head(records)
    if len(records) <= head.first:
        raise DataRefused(f"{source} holds a header and no row; expected one row per customer, so deliver some rows")
    return Opened(source, undecodable, encoding, sample, head, find_shape(records, head, source))
