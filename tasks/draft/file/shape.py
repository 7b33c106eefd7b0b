"""The shape of a file's records: plain columns, or columns and a list that runs on into more fields."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from schemas.errors import DataRefused
from tasks.draft.file.head import Head, Record
from tasks.draft.text.cell_types import cell_type_of
from tasks.draft.text.headers import is_named_like_list
from tasks.reading.head import without_closing
from tasks.reading.header import refuse_duplicate_headers


@dataclass(frozen=True)
class ShapeSettings:
    """Shares by which a shape is found.

    Attributes:
        shared_items: of the fields of a list that must come elsewhere in the lists too.
        max_not_words: of the fields of a list that may be numbers or days.
        runs_on: of the records that must have more fields than the header has names.
        closed: of the records that must have a trailing delimiter, which no header names.
        one_width: of the records that must have the same number of fields where there is no list.
    """

    shared_items: float = 0.5
    max_not_words: float = 0.2
    runs_on: float = 0.02
    closed: float = 0.9
    one_width: float = 0.5


_SETTINGS = ShapeSettings()


@dataclass(frozen=True)
class Shape:
    """How many columns a file has, and which of them is a list that takes the surplus fields.

    Attributes:
        header: the names as delivered; None where the file has none.
        n_columns: number of columns.
        list_index: index of the list, from 0; None where there is none.
        closes_records: whether the records, but not the header, have a trailing delimiter.
    """

    header: tuple[str, ...] | None
    n_columns: int
    list_index: int | None = None
    closes_records: bool = False

    @property
    def closed_width(self) -> int:
        """Number of fields of a record with a trailing delimiter; 0 where records have none."""
        return self.n_columns + 1 if self.closes_records else 0

    @property
    def list_column(self) -> int:
        """Number of the list, from 1; 0 where there is none."""
        return 0 if self.list_index is None else self.list_index + 1

    def takes(self, width: int) -> bool:
        """Return whether a record of so many fields has every column."""
        return width == self.n_columns or (self.list_index is not None and width > self.n_columns)


def find_shape(records: Sequence[Record], head: Head, source: str) -> Shape:
    """Return the shape of the first records of a file.

    Raises:
        DataRefused: the records have many lengths, and no list explains them, or the header fills two lines.
    """
    if head.header is not None:
        header = tuple(records[head.header])
        _refuse_second_header_line(header, records[head.header - 1] if head.header else (), source)
        return _under_header(header, [record for record in records[head.first :] if record != header], source)
    customers = records[head.first :]
    widths = Counter(map(len, customers))
    width, n = widths.most_common(1)[0]
    start = _list_start(customers) if len(widths) > 2 or n < _SETTINGS.one_width * len(customers) else None
    if start is not None:
        return Shape(None, start + 1, start)
    _refuse_many_widths(customers, width, f"most often {width}", source)
    return Shape(None, width)


def _refuse_second_header_line(header: tuple[str, ...], above: Record, source: str) -> None:
    """Refuse names that stand twice under a line of other names, as below merged cells: each belongs to one of them."""
    if sum(map(bool, above)) > 1:
        try:
            refuse_duplicate_headers(header, source, filter(None, header))
        except DataRefused as error:
            raise DataRefused(f"{error}, as the header fills two lines; expected one") from error


def _under_header(header: tuple[str, ...], customers: Sequence[Record], source: str) -> Shape:
    n_named = max((number for number, name in enumerate(header, start=1) if name), default=len(header))
    longer = [record for record in customers if len(record) > n_named]
    if len(longer) > _SETTINGS.runs_on * len(customers):
        list_index = _list_index(header[:n_named], longer)
        if list_index is not None:
            return Shape(header[:n_named], n_named, list_index)
    closed = sum(len(without_closing(record, len(header))) < len(record) for record in customers)
    if closed > _SETTINGS.closed * len(customers):
        return Shape(header, len(header), closes_records=True)
    _refuse_many_widths(customers, len(header), f"the header names {len(header)}", source)
    return Shape(header, len(header))


def _list_index(header: tuple[str, ...], longer: Sequence[Record]) -> int | None:
    """Return the column that holds a list in the records with surplus fields: one named like a list, or the last."""
    indexes = sorted(range(len(header)), key=lambda index: (is_named_like_list(header[index]), index), reverse=True)
    return next((index for index in indexes if _is_list(header, longer, index)), None)


def _is_list(header: tuple[str, ...], longer: Sequence[Record], index: int) -> bool:
    after = len(header) - 1 - index
    lists = [record[index : len(record) - after] for record in longer]
    if not _are_lists(lists):
        return is_named_like_list(header[index]) and _are_words(lists)
    items = set(chain.from_iterable(lists))
    neighbors = [[record[index - 1] for record in longer]] if index else []
    neighbors += [[record[-after] for record in longer]] if after else []
    return all(sum(text in items for text in cells) < _SETTINGS.shared_items * len(cells) for cells in neighbors)


def _list_start(customers: Sequence[Record]) -> int | None:
    """Return the first field from which on the records of a file without header share their texts."""
    starts = range(min(map(len, customers)) + 1)
    return next((start for start in starts if _are_lists([record[start:] for record in customers])), None)


def _are_lists(lists: Sequence[Record]) -> bool:
    """Return whether the fields are words that come at several positions and in several records."""
    if not _are_words(lists):
        return False
    positions: dict[str, set[int]] = {}
    owners = Counter[str]()
    for fields in lists:
        for position, text in enumerate(fields):
            positions.setdefault(text, set()).add(position)
        owners.update({text for text in fields if text})
    firsts = [fields[0] for fields in lists if fields and fields[0]]
    return all(
        sum(owners[text] > 1 and len(positions[text]) > 1 for text in cells) >= _SETTINGS.shared_items * len(cells)
        for cells in (firsts, [text for text in chain.from_iterable(lists) if text])
    )


def _are_words(lists: Sequence[Record]) -> bool:
    """Return whether the lists hold words, and the first field as well as the others does."""
    for cells in ([fields[0] for fields in lists if fields], list(chain.from_iterable(lists))):
        filled = [text for text in cells if text]
        others = sum(cell_type_of(text) not in ("word", "text", "missing") for text in filled)
        if not filled or others > _SETTINGS.max_not_words * len(filled):
            return False
    return True


def _refuse_many_widths(customers: Sequence[Record], width: int, wanted: str, source: str) -> None:
    widths = Counter(map(len, customers))
    if widths[width] < _SETTINGS.one_width * len(customers):
        raise DataRefused(
            f"{source}: the first records hold {min(widths)} to {max(widths)} fields and {wanted}, which "
            f"{widths[width]:,} of {len(customers):,} have, and no list explains it; expected one number of fields, "
            "so deliver one table per file, or write the schema by hand as in schemas/customers.py"
        )
