"""``RepairShape``: how rejected rows are written for correction, in the format of the file they came from."""

import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property

from schemas.file_settings import FileSettings
from schemas.layout import Layout
from schemas.spreadsheet import with_mark
from tasks.reading.reject_columns import REJECT_HEADERS


@dataclass(frozen=True)
class RepairShape:
    """How a file of rejected rows is written, so that it can be run beside the file that they came from.

    Attributes:
        header_text: the header record of that file, as it was delivered.
        delimiter: the text between fields.
        quote: the character around fields; None where the schema declares that there is none.
        escape: the character before a quote within quotes; None where a quote is doubled.
        encoding: the declared encoding, or UTF-8 with its mark, by which spreadsheets know it.
        is_repair: whether that file was itself one of rejected rows.
        reject_places: positions of line and reason in such a file; below 0 they are counted from the end.
    """

    header_text: str
    delimiter: str
    quote: str | None
    escape: str | None
    encoding: str
    is_repair: bool
    reject_places: tuple[int, ...] = (0, 1)  # also of runs that were recorded without

    @property
    def header(self) -> str:
        """The header record: line and reason, then the columns as they were delivered."""
        earlier = self._taken_off(self.header_text)
        return self.delimiter.join((*REJECT_HEADERS, earlier[1] if earlier else self.header_text))

    def record(self, line_number: int, reason: str, raw: str) -> str:
        """Return a rejected row as a record of this file.

        Args:
            line_number: line on which the row begins in the delivered file.
            reason: what is wrong, in words.
            raw: the row as it was delivered; cells that a spreadsheet would run get a ``'`` before
                them, which is taken off when the row is read again.
        """
        line, row = self._taken_off(raw) or (str(line_number), raw)
        return self.delimiter.join((line, self._quoted(with_mark(reason)), self._cell.sub(self._safe_cell, row)))

    @cached_property
    def _cell(self) -> re.Pattern[str]:
        blank = "" if self.delimiter == " " else " *"
        return re.compile(f"(?P<start>^|{re.escape(self.delimiter)})(?P<blank>{blank})(?P<cell>{self._field})")

    def _taken_off(self, record: str) -> tuple[str, str] | None:
        """Return the line that a record of an earlier repair names, and the record without line and reason."""
        if not self.is_repair:
            return None
        fields = self._split(record)
        positions = [
            position % len(fields) for position in self.reject_places if -len(fields) <= position < len(fields)
        ]
        if len(positions) < len(self.reject_places):
            return None
        row = [field for position, field in enumerate(fields) if position not in positions]
        return (fields[positions[0]], self.delimiter.join(row)) if row else None

    def _split(self, record: str) -> list[str]:
        cells = list(self._cell.finditer(record))
        ends = [cell.start() for cell in cells[1:]] + [len(record)]
        return [record[cell.end("start") : end] for cell, end in zip(cells, ends, strict=True)]

    @property
    def _field(self) -> str:
        """The pattern of a field: within quotes, or up to the next delimiter."""
        plain = f"(?:(?!{re.escape(self.delimiter)})[\\s\\S])*"
        if self.quote is None:
            return plain
        quote = re.escape(self.quote)
        escaped = f"|{re.escape(self.escape)}[\\s\\S]" if self.escape else ""
        return f"(?:{quote}(?:{quote}{quote}{escaped}|(?!{quote})[\\s\\S])*{quote}|{plain})"

    def _safe_cell(self, found: re.Match[str]) -> str:
        before, cell = found["start"] + found["blank"], found["cell"]
        if self.quote is None or not cell.startswith(self.quote):
            safe = cell if found["blank"] else self._marked(cell)  # after a blank it is text to a spreadsheet
            # A mark that is the quote as well would open a quoted field.
            return before + (self._quoted(safe) if safe != cell and self.quote == "'" else safe)
        inner = cell[1:-1] if len(cell) > 1 and cell.endswith(self.quote) else cell[1:]
        if self._marked(inner) == inner:
            return before + cell
        mark = "''" if self.quote == "'" else "'"
        return f"{before}{self.quote}{mark}{cell[1:]}"

    def _marked(self, text: str) -> str:
        """Return the text of a cell with a quote where a spreadsheet would run it; a corrected row may have one."""
        return text if self.is_repair and text.startswith("'") else with_mark(text)

    def _quoted(self, text: str) -> str:
        if self.quote is None:
            return " ".join(text.replace(self.delimiter, " ").split())
        escaped = text.replace(self.escape, 2 * self.escape) if self.escape else text
        return self.quote + escaped.replace(self.quote, (self.escape or self.quote) + self.quote) + self.quote


def repair_shape(layout: Layout, settings: FileSettings) -> RepairShape:
    """Return the shape in which the rejected rows of a file are given back."""
    quote = settings.quote if settings.quote is not None else layout.dialect.quote or '"'
    return RepairShape(
        header_text=layout.header_text or _header_text(layout, quote),
        delimiter=layout.dialect.delimiter,
        quote=quote or None,
        escape=settings.escape,
        encoding=settings.encoding or "utf-8-sig",
        is_repair=layout.is_repair,
        reject_places=tuple(_countable(layout, position) for position in layout.reject_positions) or (0, 1),
    )


def _countable(layout: Layout, position: int) -> int:
    """Return the position of a field for records of any length: after a list it is counted from the end."""
    is_after_list = layout.takes_more and position > layout.positions[layout.list_column or ""]
    return position - layout.n_fields if is_after_list else position


def _header_text(layout: Layout, quote: str) -> str:
    """Return a header for a file that has none: the columns as they are declared."""
    if not quote or len(layout.dialect.delimiter) > 1:
        return layout.dialect.delimiter.join(layout.header)
    written = io.StringIO()
    csv.writer(written, delimiter=layout.dialect.delimiter, quotechar=quote, lineterminator="").writerow(layout.header)
    return written.getvalue()
